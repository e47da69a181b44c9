import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { Sandbox } from '../../data/sandboxes.ts'
import type { Schema } from '../../form/schema.ts'
import { useMay } from '../../session/session.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonPairs } from '../../ui/skeleton.tsx'
import { faultsQuery, useChangeFaults } from './api.ts'
import { FaultDialog } from './fault-dialog.tsx'
import { faultsOn, kindsOf, withFault, withoutFault } from './faults.ts'
import { type Preset, presetsOf } from './presets.ts'

/** What goes wrong on purpose: what is on now, what is worth trying, and everything else. */
export function FaultsPart({ sandbox }: { readonly sandbox: Sandbox }) {
  const { platform } = sandbox
  const { data: faults, error, refetch } = useQuery(faultsQuery(platform))
  const may = useMay('member')
  const [isOpen, setOpen] = useState(false)
  const kinds = kindsOf(sandbox.faults as Schema)
  return (
    <Section title="Make something go wrong">
      <p className="max-w-[72ch] text-pretty text-soft">
        Faults hit what this workspace sends to the sandbox, and nobody else.{' '}
        {may ? 'Most are used up by the calls they hit.' : 'Members of this workspace turn them on and off.'}
      </p>
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {!faults && !error && <SkeletonPairs widths={[30, 42, 36]} label="Loading the faults" />}
      {faults && (
        <div className="mt-1 flex flex-col gap-4">
          <OnNow sandbox={sandbox} lines={faultsOn(kinds, faults)} mayTurnOff={may} />
          {may && (
            <>
              <ul className="grid gap-x-12 border-t border-line md:grid-cols-2">
                {presetsOf(kinds).map(preset => (
                  <PresetLine key={preset.label} platform={platform} preset={preset} />
                ))}
              </ul>
              <div>
                <Button icon={<Plus size={16} />} onClick={() => setOpen(true)}>
                  Turn on another fault
                </Button>
              </div>
            </>
          )}
        </div>
      )}
      {isOpen && <FaultDialog sandbox={sandbox} kinds={kinds} onClose={() => setOpen(false)} />}
    </Section>
  )
}

interface OnNowProps {
  readonly sandbox: Sandbox
  readonly lines: ReturnType<typeof faultsOn>
  readonly mayTurnOff: boolean
}

function OnNow({ sandbox, lines, mayTurnOff }: OnNowProps) {
  const change = useChangeFaults(sandbox.platform)
  if (lines.length === 0) return null
  return (
    <div className="flex flex-col gap-2">
      <ul aria-label={`Faults of the ${sandbox.name} sandbox that are on now`} className="border-t border-line">
        {lines.map(({ kind, index, words }) => (
          <li key={`${kind.name}.${index}`} className="flex items-center gap-3 border-b border-line py-1">
            <span aria-hidden className="striped h-3 w-4 shrink-0 rounded-xs" />
            <p className="min-w-0 flex-1">
              <span className="font-medium">{kind.title}</span> <span className="text-soft">{words}</span>
            </p>
            {mayTurnOff && (
              <IconButton
                label={`Turn off: ${kind.title}`}
                icon={<X size={16} />}
                isBusy={change.isPending}
                onClick={() => change.mutate(now => withoutFault(now, kind.name, index))}
              />
            )}
          </li>
        ))}
      </ul>
      {change.error && <Problem error={change.error} />}
    </div>
  )
}

function PresetLine({ platform, preset }: { readonly platform: string; readonly preset: Preset }) {
  const change = useChangeFaults(platform)
  return (
    <li className="flex flex-col gap-2 border-b border-line py-2.5">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h3 className="font-medium">{preset.label}</h3>
          <p className="text-sm text-soft">{preset.words}</p>
        </div>
        <Button
          size="small"
          aria-label={`Turn on: ${preset.label}`}
          isBusy={change.isPending}
          onClick={() => change.mutate(now => withFault(now, preset.kind, preset.value))}
        >
          Turn on
        </Button>
      </div>
      {change.error && <Problem error={change.error} />}
    </li>
  )
}
