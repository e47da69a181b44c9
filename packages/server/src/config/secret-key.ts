import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { makeDataDir } from '../lifecycle/data-dir.ts'
import { Secret } from './secret.ts'

/** Outside production, with no SECRET_KEY: reads DATA_DIR/secret.key (0600), or makes it on the first start. */
export async function withSecretKey(config: Config): Promise<Config> {
  if (config.secretKeys.length > 0) return config
  await makeDataDir(config.dataDir)
  const text = await readOrMake(join(config.dataDir, 'secret.key'))
  return Object.freeze({ ...config, secretKeys: Object.freeze([new Secret(text)]) })
}

async function readOrMake(path: string): Promise<string> {
  const draft = `${path}.${process.pid}`
  // Linked from a whole draft: of two processes at once one wins, and neither reads half a key.
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  try {
    await link(draft, path).catch(error => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  const text = (await readFile(path, 'utf8')).trim()
  if (text.length < 32) throw new Error(`${path} is damaged: it must hold a key of at least 32 characters.`)
  return text
}
