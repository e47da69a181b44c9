import { type Connector, pathOf } from '@upload24/connectors'
import type { Fault } from '@upload24/contract'
import { publicId, readId } from '../lib/ids.ts'
import type { AttachedFile } from './queries.ts'

/** A file that the options of one target name for something that is done once the post exists. */
export interface WantedFile {
  /** As it was written: perhaps no id at all. */
  readonly file: string
  readonly path: string
  readonly accepts: readonly string[] | undefined
  readonly maxBytes: number | undefined
  readonly accountId: string
  readonly platform: string
}

/** What the options ask for. `told`: a fault's path as the sender would find it, of the option's own. */
export function wantedFiles(
  connector: Connector,
  options: Record<string, unknown>,
  accountId: string,
  told: (field: string) => string
): WantedFile[] {
  return Object.values(connector.followUps ?? {}).flatMap(({ wanted, accepts, maxBytes }) =>
    wanted(options).flatMap(({ file }) => {
      if (file === undefined) return []
      const path = told(pathOf([connector.id, ...(findValue(options, file) ?? [])]))
      return [{ file, path, accepts, maxBytes, accountId, platform: connector.id }]
    })
  )
}

/** Where the options hold that text. */
function findValue(value: unknown, text: string): (string | number)[] | undefined {
  if (value === text) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    const rest = findValue(member, text)
    if (rest) return [Array.isArray(value) ? Number(name) : name, ...rest]
  }
  return undefined
}

/** The ids of those that are ids of files. */
export const idsOf = (wanted: readonly WantedFile[]): string[] => [
  ...new Set(wanted.map(({ file }) => readId('file', file)).filter(id => id !== null))
]

/** What is missing, of another kind, or too big. `found`: what the workspace has of them. */
export function checkFiles(wanted: readonly WantedFile[], found: readonly AttachedFile[]): Fault[] {
  return wanted.flatMap(({ file, path, accepts, maxBytes, accountId, platform }): Fault[] => {
    const refuse = (fault: Omit<Fault, 'path' | 'accountId' | 'platform'>) => [{ path, ...fault, accountId, platform }]
    const stored = found.find(({ id }) => publicId('file', id) === file)
    if (!stored) {
      const message = `${file} is no picture or captions of this workspace: send the file to POST /api/files within the 24 hours before, and name the fileId of its answer`
      return refuse({ code: 'file_not_found', message })
    }
    const { contentType, bytes } = stored
    if (accepts && !accepts.some(type => isOf(type, contentType))) {
      const limit = accepts.join(', ')
      return refuse({ code: 'file_type', message: `is ${contentType}; takes ${limit}`, limit, measured: contentType })
    }
    if (maxBytes !== undefined && bytes > maxBytes) {
      const message = `has ${bytes} bytes; may have at most ${maxBytes}`
      return refuse({ code: 'file_too_big', message, limit: maxBytes, measured: bytes })
    }
    return []
  })
}

const isOf = (pattern: string, type: string) =>
  pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)))
