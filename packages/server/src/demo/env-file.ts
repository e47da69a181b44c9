import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the shell of a new user needs. */
export interface DemoEnv {
  readonly BASE_URL: string
  readonly JWT: string
  readonly API_KEY: string
  readonly ACCOUNT_1: string
  readonly ACCOUNT_2: string
  readonly ACCOUNT_3: string
  /** One of each other platform. */
  readonly [platform: `ACCOUNT_${string}`]: string
  readonly EMAIL: string
  readonly PASSWORD: string
}

export const demoEnvPath = (dataDir: string): string => join(dataDir, 'demo.env')

/** Null: there is none. */
export async function readDemoEnv(dataDir: string): Promise<Partial<DemoEnv> | null> {
  const text = await readFile(demoEnvPath(dataDir), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)]
  return Object.fromEntries(lines.map(([, name, value]) => [name, value])) as Partial<DemoEnv>
}

/** For its owner's eyes only, from its first byte on; whole or not at all. */
export async function writeDemoEnv(dataDir: string, env: DemoEnv): Promise<void> {
  const path = demoEnvPath(dataDir)
  const draft = `${path}.${process.pid}`
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(draft, `# set -a; . ${path}\n${lines.join('')}`, { mode: 0o600 })
  await chmod(draft, 0o600)
  await rename(draft, path)
}
