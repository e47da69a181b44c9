import type { Config } from '../config.ts'
import type { System } from '../system.ts'
import { demoEnvPath, readDemoEnv } from './env-file.ts'

/** A development instance with a sandbox has a demo workspace, made at its first start. Returns the file that describes it. */
export async function offerDemo({ app, platforms, port }: System, say: (line: string) => void): Promise<string | null> {
  const { environment, sandbox, dataDir } = app.config
  if (environment !== 'development' || !sandbox || port === null) return null
  try {
    const { prepareDemo, refreshDemo } = await import('./demo.ts')
    if (await readDemoEnv(dataDir)) await refreshDemo(app)
    else {
      say('Making the demo workspace…')
      await prepareDemo(app, platforms)
    }
    return demoEnvPath(dataDir)
  } catch (error) {
    // The instance is of use without it; npm run demo-env tries again.
    app.log.error({ err: error }, 'the demo workspace could not be made')
    return null
  }
}

/** What a person wants to know once everything runs. */
export function whereThingsAre(config: Config, demo: string | null): string[] {
  const { publicUrl } = config.http
  const rows = [
    ['Dashboard', demo ? `${publicUrl}   (sign in with EMAIL and PASSWORD of ${demo})` : publicUrl],
    ['Guide', `${publicUrl}/docs`],
    ['Data', config.dataDir],
    ...(demo ? [['Shell', `set -a; . ${demo}; set +a   (then paste the examples of the guide)`]] : [])
  ]
  return ['', 'Upload24 is ready. Ctrl-C stops it.', ...rows.map(([name, what]) => `  ${name?.padEnd(9)} ${what}`), '']
}
