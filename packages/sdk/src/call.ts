import type { Routes } from './contract.ts'
import type { Transport } from './request.ts'
import type { Route } from './routes.ts'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Your own name of this request; left out, the SDK makes one, so that it may ask again when no answer comes. */
  readonly idempotencyKey?: string | undefined
}

type Known<R extends keyof Routes> = Routes[R]['input']
type Options = { readonly [option: string]: unknown }

/** Fields that the contract does not name are platforms: their value is an object, so that a misspelt field is none. */
export type OnlyPlatforms<I, K> = string extends keyof I
  ? unknown
  : { readonly [Name in Exclude<keyof I, keyof K>]: Options }

/** A method of the client: one flat input (path, query and body in one), typed by the contract. */
export type Method<R extends keyof Routes> = Routes[R]['platformOptions'] extends true
  ? <I extends Known<R>>(input: I & OnlyPlatforms<I, Known<R>>, options?: CallOptions) => Promise<Routes[R]['reply']>
  : object extends Known<R>
    ? (input?: Known<R>, options?: CallOptions) => Promise<Routes[R]['reply']>
    : (input: Known<R>, options?: CallOptions) => Promise<Routes[R]['reply']>

type Input = Readonly<Record<string, unknown>>

/** Seconds that one try of a request without a file may take: completing a session of 2 GiB reads from the disk. */
const PATIENCE = 120

/** Makes the function that asks one endpoint. */
export function createMethod(transport: Transport, { route, kind, isRepeatable }: Route) {
  const [method, template] = route.split(' ') as [string, string]
  const isKeyed = kind === 'keyed' || kind === 'form'

  return async (input: Input = {}, { signal, idempotencyKey }: CallOptions = {}): Promise<unknown> => {
    const { path, rest } = fillPath(template, input)
    const hasBody = method !== 'GET' && method !== 'DELETE'
    const text = await transport.ask({
      method,
      path: hasBody ? path : path + queryOf(rest),
      headers: {
        ...(hasBody && kind !== 'form' ? { 'content-type': 'application/json' } : {}),
        ...(isKeyed ? { 'idempotency-key': idempotencyKey ?? randomKey() } : {})
      },
      ...(hasBody ? { body: kind === 'form' ? formOf(rest) : JSON.stringify(rest) } : {}),
      isRepeatable,
      isOpen: kind === 'open',
      ...(kind === 'form' ? {} : { patience: PATIENCE }),
      signal
    })
    return text === '' ? undefined : JSON.parse(text)
  }
}

function fillPath(template: string, input: Input): { path: string; rest: Input } {
  const rest = { ...input }
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    // An empty id would be another address, and may be another endpoint.
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be a string that is not empty`)
    delete rest[name]
    return encodeURIComponent(value)
  })
  return { path, rest }
}

export function queryOf(fields: Input): string {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return query === '' ? '' : `?${query}`
}

function formOf({ file, fileName, ...fields }: Input): FormData {
  if (!(file instanceof Blob)) throw new TypeError('file must be a Blob or a File')
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  if (fileName === undefined) form.append('file', file)
  else form.append('file', file, String(fileName))
  return form
}

/** Not `crypto.randomUUID`: browsers offer that on secure origins only, and an instance may live in a house's network. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
