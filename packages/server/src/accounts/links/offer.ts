import type { RemoteAccount, Tokens } from '@upload24/connectors'
import type { Account, pendingLink } from '@upload24/contract'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { UserCaller } from '../../http/caller.ts'
import { problem } from '../../http/problem.ts'
import { refuseFaults } from '../../http/validation.ts'
import { publicId, readId } from '../../lib/ids.ts'
import { TokensFromJson } from '../grant.ts'
import { presentAccount } from '../present.ts'
import { listAccounts } from '../queries.ts'
import { type AccountHooks, storeAll } from '../store.ts'
import { findLinked, findOffer, forgetOffer, keepOffer, type LinkRow, type OfferRow } from './queries.ts'

/** Seconds that a person has to choose. Tokens that nobody uses are not kept for longer. */
const LIFE = 900

/** An account of a grant, with its own tokens. */
export interface Found {
  readonly remote: RemoteAccount
  readonly tokens: Tokens
}

const Offer = z.object({
  issuedAt: z.coerce.date(),
  found: z.array(
    z.object({
      remote: z.object({
        remoteId: z.string(),
        handle: z.string(),
        name: z.string(),
        avatar: z.string().optional(),
        facts: z.record(z.string(), z.unknown()).optional()
      }),
      tokens: TokensFromJson
    })
  )
})

const context = (linkId: string) => `link offer:${linkId}`

/** Nothing is linked yet: the accounts wait, sealed, for the person's choice. */
export async function offerChoice(
  app: Pick<App, 'database' | 'seal'>,
  link: LinkRow & { readonly now: Date },
  found: readonly Found[]
): Promise<{ readonly choose: true }> {
  const kept = found.map(({ remote: { tokens: _, ...remote }, tokens }) => ({ remote, tokens }))
  const sealed = app.seal.seal(JSON.stringify({ issuedAt: link.now, found: kept }), context(link.id))
  await keepOffer(app.database.db, link.id, sealed, LIFE)
  return { choose: true }
}

const openOffer = (app: Pick<App, 'seal'>, { id, offer }: OfferRow) =>
  Offer.parse(JSON.parse(app.seal.open(offer, context(id)))) as { issuedAt: Date; found: Found[] }

/** What there is to choose from, for whoever began the link. 404 otherwise, and when it is too late. */
export async function showOffer(
  app: Pick<App, 'database' | 'seal'>,
  caller: UserCaller,
  linkId: string
): Promise<z.input<typeof pendingLink.reply>> {
  const { db } = app.database
  const link = await findOffer(db, caller, requireId(linkId))
  if (!link) throw noOffer()
  const { found } = openOffer(app, link)
  const ids = found.map(({ remote }) => remote.remoteId)
  const linked = await findLinked(db, link, ids)
  return {
    linkId: publicId('link', link.id),
    platform: link.platform,
    sandbox: link.sandbox,
    expiresAt: link.offer_until.toISOString(),
    items: found.map(({ remote }) => {
      const id = linked.get(remote.remoteId)
      return {
        choiceId: remote.remoteId,
        displayName: remote.name,
        handle: remote.handle,
        avatarUrl: remote.avatar ?? null,
        accountId: id === undefined ? null : publicId('account', id)
      }
    })
  }
}

/** Links the chosen accounts, once; the others are forgotten with their tokens. */
export async function adoptChosen(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  hooks: AccountHooks,
  caller: UserCaller,
  linkId: string,
  choices: readonly string[]
): Promise<Account[]> {
  const { db } = app.database
  const id = requireId(linkId)
  const { ids, platform } = await db.transaction().execute(async trx => {
    const link = await findOffer(trx, caller, id, true)
    if (!link) throw noOffer()
    const { issuedAt, found } = openOffer(app, link)
    const known = found.map(({ remote }) => remote.remoteId)
    refuseFaults(
      choices.flatMap((choice, index) =>
        known.includes(choice)
          ? []
          : [{ path: `choices[${index}]`, code: 'not_found', message: 'is not among the accounts of this link' }]
      )
    )
    const chosen = found.filter(({ remote }) => choices.includes(remote.remoteId))
    await forgetOffer(trx, id)
    return { ids: await storeAll(app, hooks, trx, link, chosen, issuedAt), platform: link.platform }
  })
  app.log.info({ tenantId: caller.tenantId, platform, accounts: ids }, 'accounts were chosen and linked')
  return (await listAccounts(db, caller.tenantId, ids)).map(presentAccount)
}

function requireId(linkId: string): string {
  const id = readId('link', linkId)
  if (id === null) throw noOffer()
  return id
}

const noOffer = () =>
  problem(
    'not_found',
    'There is no choice to make here, or it was made, or its 15 minutes are over. Link the account again.'
  )
