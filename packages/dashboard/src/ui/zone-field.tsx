import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { BOX, Field } from './field.tsx'
import { zoneName } from './time.tsx'

interface Props {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
  /** IANA name. */
  readonly value: string
  readonly onChange: (zone: string) => void
}

const own = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
const withOffset = (zone: string): string => (zone === 'UTC' ? zone : `${spoken(zone)} (${zoneName(new Date(), zone)})`)
const spoken = (zone: string): string => zone.replaceAll('_', ' ')

/** Browsers keep listing these by the names of before. */
const RENAMED: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv'
}

/** Every zone of the browser's data with its offset of now, the device's own and UTC in front. */
function listZones(value: string) {
  const now = new Date()
  const names = new Set([own(), 'UTC', value, ...Intl.supportedValuesOf('timeZone')].map(name => RENAMED[name] ?? name))
  return [...names].map(name => ({ name, offset: zoneName(now, name) }))
}

/** A time zone, found by any part of its name or by its offset. */
export function ZoneField({ value, onChange, ...around }: Props) {
  const list = useId()
  const [typed, setTyped] = useState<string>()
  const [at, setAt] = useState(0)
  const shown = useRef<HTMLDivElement>(null)
  const isOpen = typed !== undefined
  const zones = useMemo(() => (isOpen ? listZones(value) : []), [isOpen, value])
  const words = (typed ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const found = zones.filter(({ name, offset }) => {
    const text = `${name} ${spoken(name)} ${offset}`.toLowerCase()
    return words.every(word => text.includes(word))
  })

  function choose(zone: string | undefined) {
    setTyped(undefined)
    if (zone) onChange(zone)
  }
  function move(to: number) {
    if (found.length === 0) return
    const next = (to + found.length) % found.length
    setAt(next)
    shown.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  function press(event: KeyboardEvent) {
    const { key } = event
    if (!isOpen && key !== 'ArrowDown') return
    if (key === 'ArrowDown' && !isOpen) setTyped('')
    else if (key === 'ArrowDown') move(at + 1)
    else if (key === 'ArrowUp') move(at - 1)
    else if (key === 'Enter') choose(found[at]?.name)
    else if (key === 'Escape') setTyped(undefined)
    else return
    event.preventDefault()
  }

  return (
    <Field {...around}>
      {tie => (
        <div className="relative">
          <input
            {...tie}
            type="text"
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && found[at] ? `${list}-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            className={`${BOX} h-8`}
            value={typed ?? withOffset(value)}
            placeholder="City, region or offset"
            onClick={() => !isOpen && setTyped('')}
            onBlur={() => setTyped(undefined)}
            onChange={event => {
              setTyped(isOpen ? event.target.value : '')
              setAt(0)
            }}
            onKeyDown={press}
          />
          {isOpen && (
            <div className="absolute inset-x-0 top-9 z-20 rounded-lg border border-line bg-raised p-1 shadow-above">
              <div
                ref={shown}
                id={list}
                role="listbox"
                aria-label="Time zones"
                // The field keeps the focus, whose loss would close the list, also while its bar is dragged.
                onMouseDown={event => event.preventDefault()}
                className="max-h-64 overflow-y-auto"
              >
                {found.map(({ name, offset }, index) => (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field.
                  <div
                    key={name}
                    id={`${list}-${index}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === at}
                    onClick={() => choose(name)}
                    className="flex cursor-pointer justify-between gap-4 rounded-md px-2 py-1 hover:bg-well aria-selected:bg-well"
                  >
                    <span className="truncate">
                      {spoken(name)}
                      {name === own() && <span className="text-soft">, on this device</span>}
                    </span>
                    <span className="shrink-0 text-soft">{offset}</span>
                  </div>
                ))}
              </div>
              {found.length === 0 && <p className="px-2 py-1 text-soft">No zone is called that.</p>}
            </div>
          )}
        </div>
      )}
    </Field>
  )
}
