import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { SAFEGUARDS } from './safeguards.ts'

const HELP = `npm run torture -- [options]

Starts Upload24 as real processes (API, workers, PostgreSQL, store, sandbox platforms), kills, stops and deceives them at
every point that a dry run finds, and counts what was posted. Ends with 1 when anything was posted twice, lost or stuck,
and with 3 when nothing was wrong but not every history was played.

  --seed N             what is chosen and in which order; today's date when left out
  --only TEXT          only histories with TEXT in their names
  --part PART          kills (processes die and stop) or lies (the wire does not tell the truth); both when left out
  --minutes N          begin nothing more after N minutes (25)
  --worlds N           systems side by side (four for each core, 16 at most)
  --subset             the few that npm test plays
  --list               print the names of the histories and end
  --without NAME       take a safeguard away; the run is then meant to fail
${SAFEGUARDS.map(({ name, about }) => `                         ${name.padEnd(14)} ${about}`).join('\n')}
`

export interface Options {
  readonly seed: number
  /** Part of a name. */
  readonly only: string | undefined
  readonly without: string | undefined
  /** Undefined: both. */
  readonly part: 'kills' | 'lies' | undefined
  readonly minutes: number
  readonly worlds: number
  /** The few that `npm test` plays. */
  readonly isSubset: boolean
  readonly isList: boolean
}

/** Of the command line. Ends the process where only help is asked for, and with 2 for what cannot be. */
export function readOptions(): Options {
  const values = parse()
  if (values.help) {
    console.log(HELP)
    process.exit(0)
  }
  const { part, without } = values
  const names = SAFEGUARDS.map(({ name }) => name)
  if (without !== undefined && !names.includes(without))
    refuse(`There is no safeguard "${without}". Say one of: ${names.join(', ')}.`)
  if (part !== undefined && part !== 'kills' && part !== 'lies') refuse(`--part is kills or lies, not "${part}".`)
  return {
    seed: readNumber('seed', values.seed, /^\d{1,10}$/, 'a whole number'),
    only: values.only,
    without,
    part,
    minutes: readNumber('minutes', values.minutes, /^(?!0*\.?0*$)\d+(\.\d+)?$/, 'a number above 0'),
    worlds: readNumber('worlds', values.worlds, /^[1-9]\d?$/, 'a number from 1 to 99'),
    isSubset: values.subset,
    isList: values.list
  }
}

function parse() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string', default: new Date().toISOString().slice(0, 10).replaceAll('-', '') },
        only: { type: 'string' },
        part: { type: 'string' },
        minutes: { type: 'string', default: '25' },
        worlds: { type: 'string', default: String(Math.min(16, 4 * availableParallelism())) },
        subset: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        without: { type: 'string' },
        help: { type: 'boolean', default: false }
      }
    }).values
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function readNumber(name: string, given: string, shape: RegExp, words: string): number {
  if (!shape.test(given)) refuse(`--${name} is ${words}, not "${given}".`)
  return Number(given)
}

function refuse(words: string): never {
  console.error(words)
  process.exit(2)
}
