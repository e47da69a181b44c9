import type { Dispatcher } from 'undici'
import { textOf } from './request.ts'

type Headers = Dispatcher.ResponseData['headers']

/** What the file is called: by Content-Disposition (RFC 6266), or else by the last part of the path. A name, never a path. */
export function nameOf(url: URL, headers: Headers): string {
  const disposition = textOf(headers['content-disposition']) ?? ''
  const extended = /(?:^|;)\s*filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const quoted = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition)
  const given = (extended && decode(extended)) || (quoted?.[1] ?? quoted?.[2])?.replace(/\\(.)/g, '$1')
  const name = clean(given ?? '') || clean(decode(url.pathname))
  return name || 'video'
}

/** The declared media type, or nothing where it only says "bytes". */
export function typeOf(headers: Headers): string {
  const type = ((textOf(headers['content-type']) ?? '').split(';')[0] as string).trim().toLowerCase()
  return type === 'binary/octet-stream' || type === 'application/binary' ? 'application/octet-stream' : type
}

const clean = (name: string): string => {
  const last = name.split(/[\\/]/).at(-1) as string
  const plain = last.replace(/\p{Cc}/gu, '').trim()
  return [...plain.toWellFormed()].slice(0, 255).join('')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
