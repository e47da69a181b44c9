import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventMeanings, statusMeanings } from '@upload24/contract'

const FOLDER = join(import.meta.dirname, '../../../../docs/guide')

/** The pages of the guide, in reading order. */
export const GUIDE = [
  'quickstart',
  'authentication',
  'people',
  'accounts',
  'uploads',
  'resume',
  'sdk',
  'import',
  'status',
  'scheduling',
  'changes',
  'events',
  'options',
  'checks',
  'repeating',
  'sandbox',
  'apps',
  'operations'
] as const

export interface GuideFacts {
  readonly publicUrl: string
  readonly now: Date
  /** Tables that the code knows better than a text: `{{faults}}` and the like. Markdown or HTML. */
  readonly tables: Readonly<Record<string, string>>
}

export interface GuidePage {
  readonly name: string
  readonly markdown: string
}

/** The guide's markdown with its placeholders filled in: `{{publicUrl}}`, `{{in 30 days}}`, and the tables. */
export const readGuide = (facts: GuideFacts): GuidePage[] =>
  GUIDE.map(name => ({ name, markdown: fill(readFileSync(join(FOLDER, `${name}.md`), 'utf8'), facts) }))

function fill(text: string, { publicUrl, now, tables }: GuideFacts): string {
  return text.replace(/\{\{([\w ]+)\}\}/g, (_, name: string) => {
    if (name === 'publicUrl') return publicUrl
    if (name === 'statuses') return statuses
    if (name === 'events') return events
    const [, days] = /^in (\d+) days$/.exec(name) ?? []
    if (days !== undefined) return new Date(now.getTime() + Number(days) * 86_400_000).toISOString().slice(0, 10)
    const table = tables[name]
    if (table === undefined) throw new Error(`the guide has a placeholder that nothing fills: ${name}`)
    return table
  })
}

const statuses = [
  '| Status | Meaning |',
  '|---|---|',
  ...Object.entries(statusMeanings).map(([status, meaning]) => `| \`${status}\` | ${meaning} |`)
].join('\n')

const events = [
  '| Event | Meaning |',
  '|---|---|',
  ...Object.entries(eventMeanings).map(([type, meaning]) => `| \`${type}\` | ${meaning} |`)
].join('\n')
