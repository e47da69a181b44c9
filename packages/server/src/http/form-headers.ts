import { problem } from './problem.ts'

export interface PartHeaders {
  readonly name: string
  /** Present exactly when the part is a file: a name without any folder, possibly empty. */
  readonly fileName?: string
  /** As it was sent, in lower case; `text/plain` when absent, as RFC 7578 says. */
  readonly contentType: string
}

/** The boundary that a Content-Type announces. Throws `unsupported_media_type` or `malformed_form`. */
export function readBoundary(contentType: string | undefined): string {
  if (!/^\s*multipart\/form-data\s*(;|$)/i.test(contentType ?? '')) {
    throw problem('unsupported_media_type', 'Send the file as multipart/form-data, as curl -F and browsers do.')
  }
  const boundary = readParams(contentType ?? '').get('boundary')
  // RFC 2046, 5.1.1: 1 to 70 characters.
  if (boundary === undefined || !/^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(boundary)) {
    throw problem('malformed_form', 'Content-Type names no boundary. Let your HTTP client set this header itself.')
  }
  return boundary
}

/** Throws `malformed_form` on what no form has: a part without a name would otherwise be lost in silence. */
export function parsePartHeaders(text: string): PartHeaders {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) throw problem('malformed_form', 'A part has a header without a colon.')
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const disposition = headers.get('content-disposition') ?? ''
  const params = readParams(disposition)
  const name = params.get('name')
  if (!/^form-data\s*(;|$)/i.test(disposition) || name === undefined || name === '') {
    throw problem('malformed_form', 'A part has no name: each needs Content-Disposition: form-data; name="…".')
  }
  const contentType = (headers.get('content-type') || 'text/plain').toLowerCase()
  const fileName = readExtended(params.get('filename*')) ?? params.get('filename')
  return { name, contentType, ...(fileName !== undefined && { fileName: fileName.replace(/^.*[/\\]/s, '') }) }
}

/** The parameters of a header; browsers write a quote as %22, curl before 7.81 as \". */
function readParams(header: string): Map<string, string> {
  const params = new Map<string, string>()
  const pattern = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"|([^\s;"]*))/g
  for (const [, name = '', quoted, bare = ''] of header.matchAll(pattern)) {
    const value = quoted === undefined ? bare : quoted.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"')
    if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), value)
  }
  return params
}

/** RFC 5987: `UTF-8''na%C3%AFve.mp4`, which some libraries send against the advice of RFC 7578. */
function readExtended(value: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1]
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
