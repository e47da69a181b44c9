import { type Connector, openNetwork } from '@upload24/connectors'
import { pino } from 'pino'
import { z } from 'zod'
import { readConfig } from '../packages/server/src/config.ts'
import { listen } from '../packages/server/src/db/listen.ts'
import { openDatabase } from '../packages/server/src/db/open.ts'
import { announce } from '../packages/server/src/db/presence.ts'
import { startWorker } from '../packages/server/src/deliveries/worker.ts'
import { readId } from '../packages/server/src/lib/ids.ts'
import { createPlatforms } from '../packages/server/src/platforms/platforms.ts'
import { createApp } from '../packages/server/src/system.ts'

/**
 * The worker of a real process, with all that it does per delivery, and a platform that takes everything at once. Told
 * `report` it answers which delivery was begun when, and forgets it.
 */
const [url = '', dataDir = ''] = process.argv.slice(2)
const connection = { connectionString: url }
const database = await openDatabase(connection)
const config = readConfig(
  {
    NODE_ENV: 'production',
    SECRET_KEY: 'a secret of more than thirty-two characters',
    DATA_DIR: dataDir,
    DATABASE_URL: url,
    PUBLIC_URL: 'http://localhost'
  },
  []
)
const log = pino({ level: 'warn' })
const { app } = await createApp(config, log, database)

let starts: [id: string, at: number][] = []
const noop: Connector = {
  id: 'noop',
  name: 'No-op',
  brand: { colour: '#000000', icon: '' },
  auths: {},
  hosts: () => ({}),
  options: z.object({}),
  compose: () => {
    throw new Error('nothing is composed here')
  },
  rules: () => {
    throw new Error('nothing is checked here')
  },
  classify: () => undefined,
  publisher: {
    state: z.null(),
    settleSeconds: 30,
    async prepare(_state, post) {
      starts.push([readId('delivery', `delivery_${post.marker}`) as string, Date.now()])
      return { at: 'published', post: { id: post.marker } }
    },
    check: async () => ({ at: 'unclear' })
  }
}
const platforms = { ...createPlatforms(app), network: openNetwork(), connectorOf: () => noop, hostsOf: () => ({}) }
const presence = await announce(database, error => log.error(error))
const worker = await startWorker(app, platforms, presence, heard => listen(connection, 'deliveries', heard, log))

process.on('message', async message => {
  if (message === 'report') {
    process.send?.(starts)
    starts = []
    return
  }
  await worker.stop()
  await presence.stop()
  await platforms.close()
  await database.close()
  process.disconnect()
})
process.send?.([])
