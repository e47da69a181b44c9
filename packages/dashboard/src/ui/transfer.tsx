import type { Progress as Facts } from '@upload24/sdk'
import { formatBytes, formatSpan } from './format.ts'

/** What a transfer does now, in words. */
export function stateWords({ state, waitingFor, isContinued }: Facts): string {
  if (state === 'preparing') return 'Starting'
  if (state === 'sending') return isContinued ? 'Continuing' : 'Sending'
  if (state === 'paused') return 'Paused'
  if (state === 'completing') return 'Checking the file'
  if (state === 'done') return 'Sent'
  if (state === 'aborted') return 'Aborted'
  if (state === 'failed') return 'Stopped'
  if (navigator.onLine === false) return 'Offline: it goes on when the network is back'
  return waitingFor === 'network' ? 'The server does not answer: trying again' : 'The server is busy: trying again'
}

/** `412 MB of 1.20 GB, 14.2 MB/s, 55 s left`: as much of it as is known. */
export function figures({ state, bytesSent, bytesTotal, bytesPerSecond, secondsLeft }: Facts): string {
  if (state === 'done') return formatBytes(bytesTotal)
  const parts = [`${formatBytes(bytesSent)} of ${formatBytes(bytesTotal)}`]
  if (bytesPerSecond !== null) parts.push(`${formatBytes(bytesPerSecond)}/s`)
  if (secondsLeft !== null && secondsLeft >= 1) parts.push(`${formatSpan(secondsLeft)} left`)
  return parts.join(', ')
}
