import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { film, serve, stall } from '../../test/film-server.ts'
import { openImportWorld, over } from '../../test/import-world.ts'

const { world, startWorker, begin, read, until } = await openImportWorld()

test('one workspace whose servers drip keeps nobody else waiting', async t => {
  const imports = await Promise.all(Array.from({ length: 10 }, () => begin(serve(stall).url)))
  const worker = await startWorker()
  t.after(worker.stop)
  const fetching = async () =>
    (await Promise.all(imports.map(each => read(each.importId)))).filter(({ status }) => status === 'fetching').length
  while ((await fetching()) < 4) await sleep(20)
  const other = await world.newTenant({ accounts: 1 })
  const { body } = await other.post('/api/upload/import', {
    title: 'Film',
    accounts: other.accounts,
    url: serve(film()).url
  })
  const state = await until(body.importId, over, other)
  assert.equal(state.status, 'completed', JSON.stringify(state))
  assert.equal(await fetching(), 4, 'half of the slots, while nobody else has any')
})
