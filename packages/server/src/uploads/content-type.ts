import { extname } from 'node:path'

/** What curl and most clients leave to the server: they send application/octet-stream for every video. */
export const byExtension: Readonly<Record<string, string>> = {
  '.3g2': 'video/3gpp2',
  '.3gp': 'video/3gpp',
  '.avi': 'video/x-msvideo',
  '.flv': 'video/x-flv',
  // By its older name, video/x-m4v, platforms that take MP4 refuse it.
  '.m4v': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.mp4': 'video/mp4',
  '.mpeg': 'video/mpeg',
  '.mpg': 'video/mpeg',
  '.mts': 'video/mp2t',
  '.ogv': 'video/ogg',
  '.ts': 'video/mp2t',
  '.webm': 'video/webm',
  '.wmv': 'video/x-ms-wmv'
}

/** By the words of media/measures.ts. */
const byContainer: Readonly<Record<string, string>> = {
  '3gp': 'video/3gpp',
  avi: 'video/x-msvideo',
  flv: 'video/x-flv',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mxf: 'video/mxf',
  ogg: 'video/ogg',
  ts: 'video/mp2t',
  webm: 'video/webm',
  wmv: 'video/x-ms-wmv'
}

/** The video type of a form's file: as declared, or else by its name, or by what was found in it. Null: it was declared as something else. */
export function videoTypeOf(declared: string, name: string, container: string | undefined): string | null {
  const type = (declared.split(';')[0] as string).trim().toLowerCase()
  if (/^video\/[\w.+-]+$/.test(type)) return type
  const isUndeclared = type === '' || type === 'application/octet-stream' || type === 'application/mp4'
  if (!isUndeclared) return null
  return byExtension[extname(name).toLowerCase()] ?? byContainer[container ?? ''] ?? null
}
