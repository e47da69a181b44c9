import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openServedDisk, type ServedDisk } from '../../test/served-disk.ts'
import { acceptForms, type Form, readForm } from './form.ts'

const MAX = 5_000_000
let served: ServedDisk
const makeKey = () => `tenant/${randomUUID()}`

const openWithForms = (folder?: string) =>
  openServedDisk(folder, (http, disk) => {
    acceptForms(http)
    http.post('/roomy', request => readForm(request, { storage: disk, key: makeKey(), maxFileBytes: 1e9 }))
    http.post('/form', request =>
      readForm(request, {
        storage: disk,
        key: makeKey(),
        maxFileBytes: MAX,
        maxFields: 5,
        maxFieldBytes: 1000,
        digest: true
      })
    )
  })

before(async () => {
  served = await openWithForms()
})
after(() => served.close())

async function listFiles(folder = served.folder): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(error => {
    // A folder that goes while it is read ends the reading.
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!entries) return listFiles(folder)
  return entries.filter(entry => entry.isFile()).map(({ name }) => name)
}

/** Runs `send` and holds that it left not one file more in the store. */
async function leavesNothing<T>(send: () => Promise<T>): Promise<T> {
  const before = await listFiles()
  const answer = await send()
  assert.deepEqual(await listFiles(), before)
  return answer
}

const post = (body: FormData | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${served.url}/form`, { method: 'POST', body, headers })

async function refuses(body: FormData | Uint8Array<ArrayBuffer>, status: number, code: string, boundary?: string) {
  const headers = boundary === undefined ? {} : { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const answer = await leavesNothing(() => post(body, headers))
  const problem = (await answer.json()) as { code: string; detail: string }
  assert.deepEqual([answer.status, problem.code], [status, code], problem.detail)
  return problem
}

const fileOf = (bytes: Buffer, name = 'video.mp4') => new File([new Uint8Array(bytes)], name, { type: 'video/mp4' })
const formOf = (...entries: [string, string | File][]) => {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

test('fields before and after the file arrive in order, and the file byte for byte', async () => {
  const bytes = randomBytes(3_000_001)
  const answer = await post(
    formOf(['title', 'Ünï 🎬'], ['accounts', 'a'], ['file', fileOf(bytes)], ['accounts', 'b'], ['x', ''])
  )
  assert.equal(answer.status, 200)
  const { fields, file } = (await answer.json()) as Form
  assert.deepEqual(
    fields.map(({ name, value }) => [name, value]),
    [
      ['title', 'Ünï 🎬'],
      ['accounts', 'a'],
      ['accounts', 'b'],
      ['x', '']
    ]
  )
  assert.ok(file)
  assert.equal(file.name, 'video.mp4')
  assert.equal(file.contentType, 'video/mp4')
  assert.equal(file.stored.sha256, createHash('sha256').update(bytes).digest('hex'))
  assert.deepEqual(await buffer(await served.disk.read(file.stored, 0, bytes.length)), bytes)
})

test('a form without a file gives its fields and no file', async () => {
  assert.deepEqual(await (await post(formOf(['title', 'x']))).json(), {
    fields: [{ name: 'title', value: 'x' }],
    file: null
  })
})

test('a file of exactly the limit is taken, one byte more is not', async () => {
  assert.equal((await post(formOf(['file', fileOf(Buffer.alloc(MAX))]))).status, 200)
  await refuses(formOf(['file', fileOf(Buffer.alloc(MAX + 1))]), 413, 'too_large')
})

test('faulty forms are refused by name, and leave nothing', async () => {
  const video = () => fileOf(randomBytes(200_000))
  await refuses(formOf(['file', video()], ['file', video()]), 422, 'file_invalid')
  await refuses(formOf(['video', video()]), 422, 'file_invalid')
  await refuses(formOf(['file', fileOf(Buffer.alloc(0))]), 422, 'file_invalid')
  await refuses(formOf(['file', video()], ['title', 'x'.repeat(1001)]), 413, 'too_large')
  await refuses(
    formOf(['file', video()], ...Array.from({ length: 6 }, (): [string, string] => ['a', 'b'])),
    413,
    'too_large'
  )
  const { detail } = await refuses(formOf(['file', './video.mp4']), 422, 'file_invalid')
  assert.match(detail, /file=@/)
})

test('broken multipart is refused, with the file before the break too', async () => {
  const whole = Buffer.concat([
    Buffer.from('--XX\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n'),
    randomBytes(500_000),
    Buffer.from('\r\n--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--XX--\r\n')
  ])
  for (const length of [0, 10, 60, 300_000, whole.length - 40, whole.length - 8]) {
    await refuses(new Uint8Array(whole.subarray(0, length)), 400, 'malformed_form', 'XX')
  }
  await refuses(new Uint8Array(whole), 400, 'malformed_form', 'YY')
  await refuses(new Uint8Array(whole), 400, 'malformed_form', '')
  const latin1 = Buffer.from('--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--XX--', 'latin1')
  await refuses(new Uint8Array(latin1), 400, 'malformed_form', 'XX')
})

test('a client that hangs up halfway leaves nothing', async () => {
  const before = await listFiles()
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
  const head = '--XX\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n'
  socket.write(
    `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: 4000000\r\n\r\n${head}`
  )
  socket.write(randomBytes(2_000_000))
  // Wait until its bytes are on the disk, then vanish.
  while ((await listFiles()).length === before.length) await sleep(5)
  socket.resetAndDestroy()
  while ((await listFiles()).length > before.length) await sleep(5)
})

test('curl reads the answer to a fault that shows while it still sends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload24-form-'))
  try {
    await writeFile(join(folder, 'v.mp4'), Buffer.alloc(60_000_000))
    const run = async (path: string, field: string) => {
      const args = ['-sS', '-w', ' %{http_code}', '-F', field, served.url + path]
      const curl = spawn('curl', args, { cwd: folder })
      const [out, err] = await Promise.all([text(curl.stdout), text(curl.stderr), once(curl, 'close')])
      return out + err
    }
    assert.match(await leavesNothing(() => run('/roomy', 'video=@v.mp4')), /file_invalid.* 422$/)
    assert.match(await leavesNothing(() => run('/form', 'file=@v.mp4')), /too_large.* 413$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a full disk is 507, and nothing is left', async t => {
  const mount = await mkdtemp(join(tmpdir(), 'upload24-full-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]).status !== 0)
    return t.skip('mounting needs root')
  const small = await openWithForms(mount)
  try {
    const body = formOf(['file', fileOf(Buffer.alloc(4_000_000))])
    const answer = await fetch(`${small.url}/form`, { method: 'POST', body })
    assert.equal(answer.status, 507)
    assert.match(await answer.text(), /no_room/)
    assert.deepEqual(await listFiles(mount), [])
  } finally {
    await small.close()
    spawnSync('umount', [mount])
    await rm(mount, { recursive: true, force: true })
  }
})
