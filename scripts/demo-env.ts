// Rewrites DATA_DIR/demo.env of the development instance that is running: `npm run demo-env`.
import { connectors } from '@upload24/connectors'
import { pino } from 'pino'
import { withSecretKey } from '../packages/server/src/config/secret-key.ts'
import { loadConfig } from '../packages/server/src/config.ts'
import { joinDatabase } from '../packages/server/src/db/embedded.ts'
import { openDatabase } from '../packages/server/src/db/open.ts'
import { prepareDemo } from '../packages/server/src/demo/demo.ts'
import { demoEnvPath } from '../packages/server/src/demo/env-file.ts'
import { createPlatforms } from '../packages/server/src/platforms/platforms.ts'
import { createApp } from '../packages/server/src/system.ts'

try {
  const config = await withSecretKey(loadConfig(Object.values(connectors)))
  if (config.environment === 'production' || !config.sandbox) {
    throw new Error('There is a demo workspace only in development, with the sandbox on.')
  }
  const { connection } = await joinDatabase(config)
  const database = await openDatabase(connection)
  const { app } = await createApp(config, pino({ level: 'silent' }), database)
  const platforms = createPlatforms(app)
  await prepareDemo(app, platforms)
  await platforms.close()
  await database.close()
  const path = demoEnvPath(config.dataDir)
  console.log(`Written: ${path}\nUse it with: set -a; . ${path}; set +a`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
