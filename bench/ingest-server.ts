/** One contender in a process of its own: `node ingest-server.ts <kind> <folder>`; prints its base address. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { acceptForms, readForm } from '../packages/server/src/http/form.ts'
import { openServedDisk } from '../packages/server/test/served-disk.ts'

const [kind = '', folder = ''] = process.argv.slice(2)
const GIB = 2 ** 30

/** The form reader and the local store's addresses in a bare Fastify: the write path of the server without the rest. */
async function startUpload24(): Promise<string> {
  const served = await openServedDisk(folder, (http, disk) => {
    acceptForms(http)
    const about = { storage: disk, maxFileBytes: 2 * GIB }
    const about256 = { ...about, digest: true }
    http.post('/form', request => readForm(request, { ...about, key: `bench/${randomUUID()}` }))
    http.post('/form-sha256', request => readForm(request, { ...about256, key: `bench/${randomUUID()}` }))
    http.post<{ Body: { bytes: number } }>('/sign', request =>
      disk.single.sign(`bench/${randomUUID()}`, { contentType: 'video/mp4', bytes: request.body.bytes }, 600)
    )
  })
  return served.url
}

async function startTus(): Promise<string> {
  const [{ Server: Tus }, { FileStore }] = await Promise.all([import('@tus/server'), import('@tus/file-store')])
  const tus = new Tus({ path: '/files', datastore: new FileStore({ directory: folder }) })
  return listen(createServer((request, response) => void tus.handle(request, response)))
}

/** What anybody writes first: the body piped into a file, nothing checked, nothing synced. */
const startSink = () =>
  listen(
    createServer((request, response) => {
      pipeline(request, createWriteStream(join(folder, randomUUID()))).then(
        () => response.end(),
        () => response.destroy()
      )
    })
  )

async function listen(server: Server): Promise<string> {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const starts: Record<string, () => Promise<string>> = { upload24: startUpload24, tus: startTus, sink: startSink }
const start = starts[kind]
if (!start) throw new Error(`no such contender: ${kind}`)
console.log(await start())
