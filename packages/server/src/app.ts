import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './db/open.ts'
import type { Seal } from './lib/seal.ts'
import type { Storage } from './storage/storage.ts'

/** What every part of the system stands on, made once by `main.ts`. */
export interface App {
  readonly config: Config
  readonly log: Logger
  readonly database: Database
  readonly storage: Storage
  readonly seal: Seal
}
