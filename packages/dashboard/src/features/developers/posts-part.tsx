import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sandbox } from '../../data/sandboxes.ts'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Snippet } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { formatBytes, plural } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonPairs } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { type Post, postsQuery, useClear } from './api.ts'

/** Lines that are shown at first, and more of them with each press. */
const LINES = 25

/** What arrived in the sandbox, as the platform would tell it. */
export function PostsPart({ sandbox }: { readonly sandbox: Sandbox }) {
  const { data: posts, error, refetch } = useQuery(postsQuery(sandbox.platform))
  const may = useMay('member')
  const [most, setMost] = useState(LINES)
  const [isClearing, setClearing] = useState(false)
  const count = posts?.length ?? 0
  return (
    <Section
      title={count > 0 ? plural(count, 'post') : 'Posts'}
      aside={
        may &&
        count > 0 && (
          <Button size="small" onClick={() => setClearing(true)}>
            Clear the posts
          </Button>
        )
      }
    >
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {!posts && !error && <SkeletonPairs widths={[34, 28, 40]} label="Loading the posts" />}
      {posts && count === 0 && (
        <p className="text-soft">
          Nothing was posted here yet. What is sent to a sandbox account of {sandbox.name} shows up at once.
        </p>
      )}
      {count > 0 && (
        <ul aria-label={`Posts in the ${sandbox.name} sandbox`} className="border-t border-line">
          {posts?.slice(0, most).map(post => (
            <Line key={post.id} post={post} />
          ))}
        </ul>
      )}
      {count > most && (
        <div>
          <Button onClick={() => setMost(most + LINES * 4)}>Show more posts</Button>
        </div>
      )}
      {isClearing && <ClearDialog sandbox={sandbox} count={count} onClose={() => setClearing(false)} />}
    </Section>
  )
}

function Line({ post }: { readonly post: Post }) {
  const zone = useZone()
  return (
    <li className="border-b border-line py-2.5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-5 gap-y-0.5 md:grid-cols-[minmax(0,1fr)_110px_80px_170px]">
        <p dir="auto" className="truncate text-left font-medium">
          {post.title || 'Untitled'}
        </p>
        <p className="text-soft max-md:text-right">{post.state}</p>
        <p className="text-soft md:text-right">{formatBytes(post.bytes)}</p>
        <p className="text-right text-soft">
          <Time value={post.createdAt} zone={zone} />
        </p>
      </div>
      <details>
        <summary className="max-w-full rounded-sm text-xs text-soft hover:text-ink">
          <code className="font-mono">
            <span className="sr-only">Id </span>
            {post.id}
          </code>{' '}
          <span className="max-md:hidden">
            on <code className="font-mono">{post.channel}</code>
          </span>
        </summary>
        <dl className="mt-2 mb-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
          <dt className="text-soft">Channel</dt>
          <dd className="font-mono text-xs leading-5 break-all">{post.channel}</dd>
          <dt className="text-soft">SHA-256</dt>
          <dd className="font-mono text-xs leading-5 break-all">{post.sha256}</dd>
        </dl>
        <Snippet label="As the platform tells it" text={JSON.stringify(post.metadata, null, 2)} />
      </details>
    </li>
  )
}

function ClearDialog({
  sandbox,
  count,
  onClose
}: {
  readonly sandbox: Sandbox
  readonly count: number
  readonly onClose: () => void
}) {
  const clear = useClear(sandbox.platform)
  return (
    <Dialog title={`Clear ${plural(count, 'post')}?`} onClose={onClose}>
      <p>
        The {sandbox.name} sandbox forgets what this workspace posted, and transfers that are under way there. Accounts
        and uploads stay; the links to these posts end.
      </p>
      {clear.error && <Problem error={clear.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep them</Button>
        <Button look="danger" isBusy={clear.isPending} onClick={() => clear.mutate(undefined, { onSuccess: onClose })}>
          Clear the posts
        </Button>
      </DialogActions>
    </Dialog>
  )
}
