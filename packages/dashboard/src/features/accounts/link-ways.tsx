import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { type Platform, platformsQuery } from '../../data/accounts.ts'
import { labelOf } from '../../form/schema.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { PlatformMark } from '../../ui/platform-mark.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { useLink, type Way } from './api.ts'
import { LinkForm } from './link-form.tsx'
import { SetUp } from './set-up.tsx'

/** Every platform, for real and on the sandbox. One press leads to the platform, or to its form in this place. */
export function LinkWays({ onLinked }: { readonly onLinked: (accountIds: readonly string[]) => void }) {
  const { data, error, refetch } = useQuery(platformsQuery)
  const link = useLink()
  const [form, setForm] = useState<Way>()
  if (error) return <Problem error={error} onRetry={() => refetch()} />
  if (!data) return <SkeletonLines widths={[42, 48, 40]} label="Loading the platforms" />
  const formOf = (way: Way) =>
    data.find(({ id }) => id === way.platform)?.linking.find(({ auth }) => auth === way.auth)?.fields
  const fields = form && formOf(form)
  if (form && fields) {
    const platform = data.find(({ id }) => id === form.platform) as Platform
    return (
      <LinkForm way={form} platform={platform} schema={fields} onBack={() => setForm(undefined)} onLinked={onLinked} />
    )
  }
  const choose = (way: Way) => (formOf(way) ? setForm(way) : link.mutate(way))
  return (
    <div className="flex flex-col gap-3">
      <ul className="border-t border-line">
        {data.map(platform => (
          <Line
            key={platform.id}
            platform={platform}
            busy={link.isPending ? link.variables : undefined}
            onChoose={choose}
          />
        ))}
      </ul>
      {link.error && <Problem error={link.error} />}
      <p className="text-sm text-soft">
        A sandbox account behaves like the platform's own: same rules, same errors, no approval, and nobody sees what
        you post.
      </p>
    </div>
  )
}

interface LineProps {
  readonly platform: Platform
  readonly busy: Way | undefined
  readonly onChoose: (way: Way) => void
}

function Line({ platform, busy, onChoose }: LineProps) {
  const [isExplained, setExplained] = useState(false)
  const isBusy = (sandbox: boolean) => busy?.platform === platform.id && busy.sandbox === sandbox
  return (
    <li className="border-b border-line py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex min-w-0 items-center gap-2.5 font-medium">
          <PlatformMark platform={platform} size={18} />
          {platform.name}
        </span>
        <span className="flex flex-wrap gap-2">
          {platform.isConfigured ? (
            <LinkButton platform={platform} sandbox={false} isBusy={isBusy(false)} onChoose={onChoose} />
          ) : (
            <Button
              look="quiet"
              size="small"
              className="text-soft max-sm:-ml-2"
              aria-expanded={isExplained}
              onClick={() => setExplained(!isExplained)}
              icon={<ChevronRight size={14} className={`transition-transform ${isExplained ? 'rotate-90' : ''}`} />}
            >
              Not set up here
            </Button>
          )}
          {platform.hasSandbox && <LinkButton platform={platform} sandbox isBusy={isBusy(true)} onChoose={onChoose} />}
        </span>
      </div>
      {isExplained && <SetUp platform={platform} />}
    </li>
  )
}

interface ButtonProps {
  readonly platform: Platform
  readonly sandbox: boolean
  readonly isBusy: boolean
  readonly onChoose: (way: Way) => void
}

/** Where a platform has several ways to sign in, the button asks which. One that is not set up is shown, and cannot be chosen. */
function LinkButton({ platform: { id, name, linking }, sandbox, isBusy, onChoose }: ButtonProps) {
  const button = (onClick?: () => void) => (
    <Button
      size="small"
      look={sandbox ? 'plain' : 'main'}
      isBusy={isBusy}
      aria-label={sandbox ? `Link a sandbox account of ${name}` : `Link an account of ${name}`}
      icon={sandbox && <span aria-hidden className="striped h-3 w-4 rounded-xs" />}
      {...(onClick ? { onClick } : {})}
    >
      {sandbox ? (
        <span>
          Sandbox<span className="max-sm:hidden"> account</span>
        </span>
      ) : (
        'Link'
      )}
    </Button>
  )
  const choose = (auth: string | undefined) => () => onChoose({ platform: id, sandbox, auth })
  if (linking.length < 2) return button(choose(linking[0]?.auth))
  return (
    <Menu trigger={button()}>
      {linking.map(({ auth, isConfigured }) => (
        <MenuItem key={auth} isDisabled={!sandbox && !isConfigured} onSelect={choose(auth)}>
          Sign in with {labelOf(auth, {})}
          {!sandbox && !isConfigured && ': not set up here'}
        </MenuItem>
      ))}
    </Menu>
  )
}
