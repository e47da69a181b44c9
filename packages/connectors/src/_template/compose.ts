import type { Adjustment, Composed, Fault, Wish } from '../connector.ts'
import { toFaults } from '../faults.ts'
import { cutAtWord } from '../text.ts'
import { DEFAULTS, options, type TemplateOptions } from './options.ts'

/** https://docs.template.example/posts#title: "at most 100 characters". */
export const TITLE_MAX = 100

/** The post as the platform takes it: what was adjusted without loss is told, what it would refuse is a fault. Pure. */
export function compose(wish: Wish): Composed<TemplateOptions> {
  const adjustments: Adjustment[] = []
  const whole = wish.title.trim()
  const title = cutAtWord(whole, TITLE_MAX)
  if (title !== whole) adjustments.push({ field: 'title', rule: 'cut_at_word', limit: TITLE_MAX, applied: title })
  const { chosen, faults } = chooseOptions(wish.options)
  return { title, description: wish.description?.trim() ?? '', options: chosen, adjustments, faults }
}

function chooseOptions(given: unknown): { chosen: TemplateOptions | null; faults: Fault[] } {
  if (given === undefined) return { chosen: DEFAULTS, faults: [] }
  const parsed = options.safeParse(given, { reportInput: true })
  if (parsed.success) return { chosen: parsed.data, faults: [] }
  return { chosen: null, faults: toFaults('template', parsed.error, Object.keys(options.shape)) }
}
