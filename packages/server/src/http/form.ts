import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { StorageFull, TooLong } from '../storage/errors.ts'
import type { Storage, Stored } from '../storage/storage.ts'
import { drainBriefly } from './drain.ts'
import type { Field } from './form-fields.ts'
import { type PartHeaders, readBoundary } from './form-headers.ts'
import { createFormParser } from './form-parser.ts'
import { problem } from './problem.ts'

export interface FormAbout {
  readonly storage: Pick<Storage, 'put' | 'remove'>
  /** Where the file goes; free until now. */
  readonly key: string
  readonly maxFileBytes: number
  readonly maxFields?: number
  readonly maxFieldBytes?: number
  /** Whether to compute the file's SHA-256 on the way. */
  readonly digest?: boolean
}

export interface Form {
  /** In the order in which they came, before the file or after it. */
  readonly fields: readonly Field[]
  /** Null when the form has no file, so that the caller can report it beside other faults. */
  readonly file: FormFile | null
}

export interface FormFile {
  readonly name: string
  readonly contentType: string
  readonly stored: Stored
}

const MAX_FIELDS = 200
const MAX_FIELD_BYTES = 256 << 10
const IDLE_MS = 120_000
const PIPE_BYTES = 1 << 20

/** Leaves the bodies of forms to `readForm`, in this Fastify context. */
export function acceptForms(http: FastifyInstance): void {
  http.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null))
}

/**
 * Reads a form as it arrives, its file straight into the storage. Whatever goes wrong, the storage keeps nothing and
 * the client is answered at once, though it still sends. Throws `malformed_form`, `file_invalid`, `too_large`, `no_room`.
 */
export async function readForm(request: FastifyRequest, about: FormAbout): Promise<Form> {
  const { promise, resolve, reject } = Promise.withResolvers<Form>()
  const source = request.raw
  const { maxFields = MAX_FIELDS, maxFieldBytes = MAX_FIELD_BYTES } = about
  const fields: Field[] = []
  let text: { name: string; chunks: Buffer[]; bytes: number } | undefined
  let body: Readable | undefined
  let file: Promise<FormFile> | undefined
  let isOver = false

  const startFile = ({ name, fileName = '', contentType }: PartHeaders) => {
    if (name !== 'file') throw problem('file_invalid', `The file must be in the field "file", not in "${name}".`)
    if (file) throw problem('file_invalid', 'Send one file: this form has two.')
    const stream = new Readable({ highWaterMark: PIPE_BYTES, read: () => void source.resume() })
    body = stream
    file = about.storage
      .put(about.key, stream, { maxBytes: about.maxFileBytes, digest: about.digest ?? false, disposable: true })
      .then(stored => ({ name: fileName, contentType, stored }))
    file.catch(fail)
  }
  const startField = ({ name }: PartHeaders) => {
    if (name === 'file')
      throw problem('file_invalid', 'The field "file" holds text. With curl, write -F "file=@./video.mp4".')
    if (fields.length >= maxFields) throw problem('too_large', `A form may have at most ${maxFields} fields.`)
    text = { name, chunks: [], bytes: 0 }
  }
  const takeText = (bytes: Buffer) => {
    if (!text) return
    text.bytes += bytes.length
    if (text.bytes > maxFieldBytes) {
      throw problem('too_large', `The field "${text.name}" is longer than ${maxFieldBytes} bytes.`)
    }
    // A copy: a view would hold the whole chunk of the socket.
    text.chunks.push(Buffer.from(bytes))
  }

  const stop = () => {
    isOver = true
    source.setTimeout(0)
    source.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
  }
  const fail = async (error: unknown) => {
    if (isOver) return
    stop()
    drainBriefly(source)
    body?.destroy(error instanceof Error ? error : new Error(String(error)))
    try {
      // What was stored before the fault showed, or half stored, goes too.
      const wasStored = await file?.then(
        () => true,
        () => false
      )
      if (wasStored) await about.storage.remove(about.key)
    } finally {
      reject(explain(error, about.maxFileBytes))
    }
  }
  const onData = (chunk: Buffer) => {
    try {
      parser.write(chunk)
    } catch (error) {
      fail(error).catch(reject)
    }
  }
  const onEnd = async () => {
    try {
      parser.end()
      const stored = file ? await file : null
      if (stored?.stored.bytes === 0) throw problem('file_invalid', 'The file is empty.')
      if (isOver) return
      stop()
      resolve({ fields, file: stored })
    } catch (error) {
      await fail(error)
    }
  }
  const onCut = () => {
    if (source.readableEnded) return
    fail(problem('malformed_form', 'The connection closed before the form had ended.')).catch(reject)
  }
  const boundary = readBoundary(request.headers['content-type'])
  if (Number(request.headers['content-length']) > about.maxFileBytes + maxFields * maxFieldBytes) {
    drainBriefly(source)
    throw explain(new TooLong('announced'), about.maxFileBytes)
  }
  const parser = createFormParser(boundary, {
    onPart: headers => (headers.fileName === undefined ? startField(headers) : startFile(headers)),
    onData(bytes) {
      if (!body) takeText(bytes)
      else if (!body.push(bytes)) source.pause()
    },
    onPartEnd() {
      if (text) fields.push({ name: text.name, value: decodeText(text.name, text.chunks) })
      text = undefined
      body?.push(null)
      body = undefined
      source.resume()
    }
  })
  source.setTimeout(IDLE_MS, () => source.destroy())
  source.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
  return promise
}

function decodeText(name: string, chunks: readonly Buffer[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw problem('malformed_form', `The field "${name}" is not UTF-8 text.`)
  }
}

function explain(error: unknown, maxFileBytes: number): unknown {
  if (error instanceof TooLong) return problem('too_large', `The file is larger than ${maxFileBytes} bytes.`)
  if (error instanceof StorageFull) return problem('no_room', 'The disk is full; nothing of the file was kept.')
  return error
}
