import { chmod, mkdir, stat } from 'node:fs/promises'

/**
 * Makes DATA_DIR. It is 0711: nobody else can list it, but the user that runs PostgreSQL can pass through it.
 * Whatever lies in it directly must therefore have modes of its own (secret.key 0600, folders 0700).
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 })
  const isRoot = process.getuid?.() === 0
  const mode = (await stat(dataDir)).mode & 0o777
  if (isRoot && (mode & 0o001) === 0) await chmod(dataDir, mode | 0o011)
}
