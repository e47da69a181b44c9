import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sweepFiles } from '../src/files/sweep.ts'
import { publicId, readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { type Answer, FILM, form, openUploadWorld, video } from './upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const [first = '', second = ''] = tenant.accounts
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100, 7)])
const languages = { categoryId: '22', defaultLanguage: 'de', defaultAudioLanguage: 'de' }

// The sandbox channels of these tests were linked by hand: with every permission.
await database.pool.query(`update accounts set scopes = '{https://www.googleapis.com/auth/youtube.force-ssl}'`)

async function add(bytes: Buffer | string, of = tenant): Promise<string> {
  const made = new FormData()
  made.append('file', new Blob([bytes as string]), 'a')
  const { status, body } = await of.post('/api/files', made)
  assert.equal(status, 201, JSON.stringify(body))
  return body.fileId
}
const picture = () => add(PNG)
const captions = () => add('WEBVTT\n\n00:00.000 --> 00:01.000\nHallo')

const about = { title: 'Film', fileName: 'film.mp4', fileSize: FILM.length, contentType: 'video/mp4' }
const presign = (youtube: object, more: object = {}) =>
  tenant.post('/api/upload/presign-put', {
    ...about,
    accounts: [first, second],
    youtube: { ...languages, ...youtube },
    ...more
  })
const shortly = ({ body }: Answer): string[] =>
  (body.errors ?? []).map((fault: Record<string, unknown>) =>
    [fault.path, fault.code, fault.limit, fault.measured].filter(part => part !== undefined).join(' ')
  )
const usersOf = async (fileId: string): Promise<string[]> => {
  const { rows } = await database.pool.query(
    `select case when session_id is null then 'upload' else 'session' end as by from file_uses where file_id = $1 order by 1`,
    [readId('file', fileId)]
  )
  return rows.map(({ by }) => by)
}
const age = (fileId: string) =>
  database.pool.query(`update files set created_at = now() - interval '25 hours' where id = $1`, [
    readId('file', fileId)
  ])

test('a file that is named is there, of the right kind, and of this workspace', async () => {
  const [png, vtt] = [await picture(), await captions()]
  const other = await world.newTenant({ accounts: 1 })
  const theirs = await add(PNG, other)
  const { body: made } = await tenant.post('/api/upload', form({ title: 'Film', accounts: first }))
  const before = await world.traces()
  const types = 'application/x-subrip, text/vtt, text/x-sbv, application/ttml+xml'
  const cases: [object, string[]][] = [
    [{ thumbnail: theirs }, ['youtube.thumbnail file_not_found']],
    [{ thumbnail: publicId('file', readId('upload', made.uploadId) as string) }, ['youtube.thumbnail file_not_found']],
    [{ thumbnail: made.file.fileId }, ['youtube.thumbnail file_not_found']],
    [{ thumbnail: 'cover.png' }, ['youtube.thumbnail file_not_found']],
    [{ thumbnail: vtt }, ['youtube.thumbnail file_type image/jpeg, image/png text/vtt']],
    [
      {
        captions: [
          { file: vtt, language: 'de' },
          { file: png, language: 'en' }
        ]
      },
      [`youtube.captions[1].file file_type ${types} image/png`]
    ]
  ]
  for (const [options, expected] of cases) {
    const answer = await presign(options)
    assert.equal(`${answer.status} ${answer.body.code}`, '422 target_refused', JSON.stringify(options))
    assert.deepEqual(shortly(answer), expected)
  }
  const own = await presign({}, { accountOptions: { [second]: { thumbnail: vtt } } })
  assert.deepEqual(shortly(own), [`accountOptions.${second}.thumbnail file_type image/jpeg, image/png text/vtt`])
  const { body } = await tenant.post('/api/upload/check', {
    title: 'Film',
    accounts: [first],
    youtube: { ...languages, thumbnail: vtt }
  })
  assert.deepEqual([body.ok, body.accounts[0].faults[0].code], [false, 'file_type'])
  assert.deepEqual(await world.traces(), before)
})

test('a session holds its files until it ends, and an upload from then on', async () => {
  const [png, vtt] = [await picture(), await captions()]
  const { body } = await presign({ thumbnail: png, captions: [{ file: vtt, language: 'de' }] })
  assert.deepEqual([await usersOf(png), await usersOf(vtt)], [['session'], ['session']])
  await Promise.all([age(png), age(vtt)])
  assert.equal(await sweepFiles(world.app), 0)
  await world.send('PUT', body.uploadUrl, { body: FILM, headers: body.headers })
  const done = await tenant.post('/api/upload/complete', { sessionToken: body.sessionToken, parts: [] })
  assert.equal(done.status, 201, JSON.stringify(done.body))
  assert.equal(await sweepFiles(world.app), 0)
  assert.deepEqual([await usersOf(png), await usersOf(vtt)], [['upload'], ['upload']])
})

test('an aborted session lets its files go', async () => {
  const png = await picture()
  const { body } = await presign({ thumbnail: png })
  await tenant.post('/api/upload/abort', { sessionToken: body.sessionToken })
  assert.equal(await sweepFiles(world.app), 0, 'it is young')
  await age(png)
  assert.equal(await sweepFiles(world.app), 1)
  assert.deepEqual(shortly(await presign({ thumbnail: png })), ['youtube.thumbnail file_not_found'])
})

test('a form uses its file for both accounts at once', async () => {
  const png = await picture()
  const fields = {
    title: 'Film',
    accounts: [first, second],
    youtube: JSON.stringify({ ...languages, thumbnail: png })
  }
  assert.equal((await tenant.post('/api/upload', form(fields, video()))).status, 201)
  assert.deepEqual(await usersOf(png), ['upload'])
})

test('of a sweep and uploads that begin at once, no upload is made of a file that is gone', async () => {
  for (let round = 0; round < 12; round++) {
    const png = await picture()
    await age(png)
    const [answer, swept] = await Promise.all([presign({ thumbnail: png }), sweepFiles(world.app)])
    if (answer.status === 201) assert.deepEqual([swept, await usersOf(png)], [0, ['session']])
    else assert.deepEqual([answer.body.errors[0].code, swept], ['file_not_found', 1])
  }
})
