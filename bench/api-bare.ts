import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { FastifyRequest } from 'fastify'
import { v7 } from 'uuid'
import { createSeal } from '../packages/server/src/lib/seal.ts'
import { openDisk } from '../packages/server/src/storage/disk.ts'
import type { CustomerIds, Plan, Statement } from './api-plan.ts'

/**
 * The API without the API: bare Fastify on bare pg, which makes the SQL statements that ours was seen to make and answers
 * bodies of the same shape. No validation, no credentials; the calls of the storage only where the plan names one.
 * `node api-bare.ts <plan> <database> <port>`.
 */
const server = createRequire(new URL('../packages/server/src/main.ts', import.meta.url))
const { fastify } = server('fastify') as typeof import('fastify')
const pg = server('pg') as typeof import('pg')

const [file = '', connectionString = '', port = ''] = process.argv.slice(2)
const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan
const pool = new pg.Pool({ connectionString, max: plan.connections })
const http = fastify()
const disk =
  plan.storage &&
  (await openDisk({
    folder: plan.storage.folder,
    publicUrl: plan.storage.publicUrl,
    signingKey: createSeal([plan.storage.secret]).derive('storage addresses')
  }))

type Ids = Readonly<Record<string, string>>

/** The recorded values with the ids of this request in the place of the recorded ones. */
function fill(values: readonly unknown[], ids: Ids): unknown[] {
  return values.map(value => {
    if (typeof value === 'object' && value !== null && 'data' in value) return Buffer.from(ids.hash as string, 'hex')
    if (Array.isArray(value)) return fill(value, ids)
    if (typeof value !== 'string') return value
    return plan.names.reduce((text, name) => {
      const recorded = plan.ids[name] as string
      return ids[name] !== undefined && text.includes(recorded) ? text.replaceAll(recorded, ids[name]) : text
    }, value)
  })
}

const names = new Map<string, string>()
function nameOf(text: string): string {
  if (!names.has(text)) names.set(text, `bare_${names.size}`)
  return names.get(text) as string
}

function ask(client: Pick<typeof pool, 'query'>, { text, values }: Statement, ids: Ids) {
  const filled = fill(values, ids)
  return plan.isPrepared && values.length > 0
    ? client.query({ name: nameOf(text), text, values: filled })
    : client.query(text, filled)
}

async function run(statements: readonly Statement[], ids: Ids): Promise<void> {
  const isTransaction = statements.some(({ text }) => text === 'begin')
  const client = isTransaction ? await pool.connect() : pool
  try {
    for (const statement of statements) await ask(client, statement, ids)
  } finally {
    if ('release' in client) client.release()
  }
}

const keyOf = ({ tenant, file }: { tenant: string; file: string }) => `${tenant}/${file}`
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

const customerOf = (request: FastifyRequest) => plan.customers[String(request.headers['x-api-key'])] as CustomerIds

http.post('/api/upload/presign-put', async (request, reply) => {
  const customer = customerOf(request)
  const ids = { ...customer, session: v7(), file: v7(), token: randomBytes(32).toString('base64url') }
  const [authenticate, ...rest] = plan.presign
  await run([authenticate as Statement], ids)
  const { contentType, bytes } = plan.media
  const signed = await disk?.single.sign(keyOf(ids), { contentType, bytes }, 86_400)
  await run(rest, { ...ids, hash: hashOf(ids.token) })
  const uploadUrl = signed?.url ?? ''
  return reply.code(201).send({ ...plan.answers.presign, sessionToken: ids.token, fileId: ids.file, uploadUrl })
})

http.post('/api/upload/complete', async (request, reply) => {
  const { sessionToken } = request.body as { sessionToken: string }
  const [authenticate, find, ...rest] = plan.complete as [Statement, Statement, ...Statement[]]
  const customer = customerOf(request)
  await run([authenticate], { ...customer })
  const { rows } = await ask(pool, find, { ...customer, hash: hashOf(sessionToken) })
  const ids = { ...customer, session: rows[0].id, file: rows[0].fileId, upload: v7(), delivery: v7() }
  await disk?.single.freeze(keyOf(ids))
  await run(rest, ids)
  return reply.code(201).send({ ...plan.answers.complete, uploadId: ids.upload })
})

http.get('/api/upload/:uploadId/status', async request => {
  const { uploadId: upload } = request.params as { uploadId: string }
  for (const statement of plan.status) await run([statement], { ...customerOf(request), upload })
  return { ...plan.answers.complete, uploadId: upload }
})

await http.listen({ port: Number(port), host: '127.0.0.1' })
console.log('ready')
