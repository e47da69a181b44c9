import { isIPv6 } from 'node:net'
import type { FastifyReply } from 'fastify'
import { problem } from './problem.ts'

/** So many requests in each window of seconds, for each key. */
export interface Policy {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
}

export interface Taken {
  readonly policy: Policy
  readonly isOver: boolean
  readonly remaining: number
  readonly resetSeconds: number
}

export interface Limiter {
  take(key: string): Taken
}

const MOST_KEYS = 100_000

/** Counts in this process's memory: N processes together let through N times the quota. */
export function createLimiter(policy: Policy, now: () => number = Date.now): Limiter {
  const windows = new Map<string, { count: number; endsAt: number }>()
  return {
    take(key) {
      const at = now()
      let window = windows.get(key)
      if (!window || window.endsAt <= at) {
        windows.delete(key)
        if (windows.size >= MOST_KEYS) forgetOldest(windows, at)
        window = { count: 0, endsAt: at + policy.windowSeconds * 1000 }
        windows.set(key, window)
      }
      window.count++
      return {
        policy,
        isOver: window.count > policy.quota,
        remaining: Math.max(0, policy.quota - window.count),
        resetSeconds: Math.ceil((window.endsAt - at) / 1000)
      }
    }
  }
}

/** A map keeps the order of insertion, and all windows are equally long: the first ends first. */
function forgetOldest(windows: Map<string, { endsAt: number }>, at: number): void {
  let isFirst = true
  for (const [key, { endsAt }] of windows) {
    if (!isFirst && endsAt > at) return
    windows.delete(key)
    isFirst = false
  }
}

/**
 * Tells the caller of each limit, and refuses what is over one.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: `RateLimit: "default";r=50;t=30`.
 */
export function applyLimits(reply: FastifyReply, taken: readonly Taken[]): void {
  reply.header(
    'ratelimit-policy',
    list(taken, ({ policy }) => `;q=${policy.quota};w=${policy.windowSeconds}`)
  )
  reply.header(
    'ratelimit',
    list(taken, ({ remaining, resetSeconds }) => `;r=${remaining};t=${resetSeconds}`)
  )
  const over = taken.filter(each => each.isOver)
  if (over.length === 0) return
  const seconds = Math.max(...over.map(each => each.resetSeconds))
  throw problem('rate_limited', `Too many requests: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) }
  })
}

const list = (taken: readonly Taken[], values: (each: Taken) => string) =>
  taken.map(each => `"${each.policy.name}"${values(each)}`).join(', ')

/** What one person holds: an IPv4 address, or the /64 that an IPv6 subscriber is given as a whole. */
export function holderOf(address: string): string {
  // Some proxies tell the port too, which each connection has another of.
  const mapped = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address)
  if (mapped) return mapped[1] as string
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.replace(/%.*/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':')].slice(0, 4).join(':')
}
