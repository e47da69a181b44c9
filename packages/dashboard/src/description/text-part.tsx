import { useQuery } from '@tanstack/react-query'
import { platformOf, platformsQuery } from '../data/accounts.ts'
import { TextAreaField } from '../ui/field.tsx'
import { fieldWords } from '../ui/problem.tsx'
import { countText, unitWord } from './count.ts'
import type { Draft, SetDraft } from './draft.ts'
import { isTooLong, type Target } from './fit.ts'
import { TITLE_ID } from './places.ts'

const MAX_DESCRIPTION = 5000

interface Props {
  readonly draft: Draft
  readonly set: SetDraft
  readonly targets: readonly Target[]
  readonly error: unknown
}

/** The words of the post, counted as the strictest of the chosen platforms counts them. */
export function TextPart({ draft, set, targets, error }: Props) {
  const { data: platforms } = useQuery(platformsQuery)
  const name = (id: string) => platformOf(platforms, id)?.name ?? id
  const words = fieldWords(error)
  const strictest = targets
    .filter(({ account, fit }) => fit.title && draft.own[account.accountId]?.title === undefined)
    .map(({ account, fit }) => ({
      platform: account.platform,
      rule: (fit.title as NonNullable<typeof fit.title>).rule
    }))
    .map(({ platform, rule }) => ({ platform, rule, used: countText(draft.title, rule.unit) }))
    .sort((one, other) => other.used / other.rule.max - one.used / one.rule.max || one.rule.max - other.rule.max)[0]
  const isOver = strictest && strictest.used > strictest.rule.max
  const deaf = new Set(
    targets
      .filter(({ fit }) => fit.answer?.adjustments.some(({ rule }) => rule === 'no_place_for_description'))
      .map(({ account }) => name(account.platform))
  )
  const length = countText(draft.description, 'characters')
  return (
    <section aria-label="Text" className="flex flex-col gap-4">
      <div id={TITLE_ID}>
        <TextAreaField
          label="Title"
          rows={1}
          className="resize-none"
          value={draft.title}
          onChange={event => set({ title: event.target.value })}
          error={words.title}
          hint={isOver ? undefined : 'Where a platform has one text, this is the caption.'}
          aside={
            strictest && (
              <span
                className={
                  !isOver ? '' : targets.some(({ fit }) => fit.faults.some(isTooLong)) ? 'text-failed' : 'text-needs'
                }
              >
                {strictest.used} of {strictest.rule.max} {unitWord(strictest.rule.unit)} on {name(strictest.platform)}
              </span>
            )
          }
        />
      </div>
      <TextAreaField
        label="Description"
        rows={3}
        className="min-h-20 resize-none"
        value={draft.description}
        onChange={event => set({ description: event.target.value })}
        error={
          words.description ??
          (length > MAX_DESCRIPTION ? `It may have ${MAX_DESCRIPTION} characters, and has ${length}.` : undefined)
        }
        hint={
          deaf.size > 0 && draft.description.trim() !== ''
            ? `${list([...deaf])} ${deaf.size > 1 ? 'have' : 'has'} no place for it.`
            : undefined
        }
        aside={length > MAX_DESCRIPTION * 0.8 ? `${length} of ${MAX_DESCRIPTION} characters` : 'Optional'}
      />
    </section>
  )
}

const list = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]
