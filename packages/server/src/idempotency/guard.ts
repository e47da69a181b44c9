import type { Endpoint } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import type { IdempotencyGuard, Outcome, Reply, Request } from '../http/bind.ts'
import { problemBody } from '../http/errors.ts'
import { Problem, problem } from '../http/problem.ts'
import { newId } from '../lib/ids.ts'
import { fingerprintOf, readKey } from './fingerprint.ts'
import * as queries from './queries.ts'

/** Thrown through a handler whose form turned out to be a repetition. */
class Repeated extends Error {}

/** Milliseconds. */
const RELEASE_AGAIN = 1000

interface Answer {
  readonly body: unknown
  readonly location?: string
}

/** Honours Idempotency-Key: the same key and request within 24 hours make one thing and get one answer. */
export function createIdempotencyGuard(app: App, worker: string): IdempotencyGuard {
  return async (endpoint, request, reply, caller, run) => {
    if (caller === null || endpoint.idempotency === undefined) return run()
    const key = readKey(request.headers['idempotency-key'])
    if (key === undefined) return run()
    const { db } = app.database
    const claim = { tenantId: caller.tenantId, key, worker, claim: newId() }
    let fingerprint = endpoint.form ? null : fingerprintOf(endpoint, caller, [request.params, request.body])

    const isOurs = await queries.take(db, claim).catch(async error => {
      // It may have been taken all the same: the answer alone was lost.
      await release(app, claim)
      throw error
    })
    if (!isOurs) {
      const first = await queries.readKept(db, claim.tenantId, key)
      if (!first || first.status === null) throw inProgress()
      if (endpoint.form) fingerprint = await readForm(request, run)
      return answerAgain(app, endpoint, reply, claim, first, fingerprint)
    }

    let isKept = false
    const write = (trx: Db, status: number, body: unknown) => {
      const location = reply.getHeader('location')
      const text = JSON.stringify({ body, ...(location === undefined ? {} : { location }) })
      const isSealed = endpoint.idempotency === 'sealed'
      const answer = isSealed ? app.seal.seal(text, contextOf(claim)) : Buffer.from(text)
      return queries.keep(trx, claim, { fingerprint, status, answer, isSealed })
    }
    request.idempotent = {
      async compare(known) {
        fingerprint = known
      },
      async keep(trx, status, body) {
        if (!(await write(trx, status, body))) throw inProgress()
        isKept = true
      }
    }
    try {
      const outcome = await run()
      if (!isKept) await write(db, outcome.status, endpoint.idempotency === 'once' ? idOf(outcome) : outcome.body)
      return outcome
    } catch (error) {
      if (isLasting(error) && fingerprint) await write(db, error.status, problemBody(error, request.id, docs(app)))
      else await release(app, claim)
      throw error
    }
  }
}

/**
 * Gives the key back. A database that is away gets it later: until then every repetition would be told that the first
 * request is still running, for as long as this process lives.
 */
async function release(app: App, claim: queries.Claim, hasFailed = false): Promise<void> {
  const { tenantId } = claim
  try {
    await queries.drop(app.database.db, claim)
    if (hasFailed) app.log.info({ tenantId }, 'an Idempotency-Key was given back after all')
  } catch (error) {
    // Once: the next tries fail as this one did.
    if (!hasFailed) {
      app.log.warn({ err: error, tenantId }, 'an Idempotency-Key was not given back; it is tried every second')
    }
    setTimeout(() => void release(app, claim, true), RELEASE_AGAIN).unref()
  }
}

/** Lets the handler read its form, and stops it there. */
async function readForm(request: Request, run: () => Promise<Outcome>): Promise<Buffer> {
  let read: Buffer | undefined
  request.idempotent = {
    async compare(fingerprint) {
      read = fingerprint
      throw new Repeated()
    },
    async keep() {}
  }
  await run().catch(error => {
    if (!(error instanceof Repeated)) throw error
  })
  return read as Buffer
}

function answerAgain(
  app: App,
  endpoint: Endpoint,
  reply: Reply,
  claim: queries.Claim,
  first: queries.Kept,
  fingerprint: Buffer | null
): Outcome {
  if (!first.fingerprint || !fingerprint?.equals(first.fingerprint)) {
    throw problem('idempotency_key_reused', 'This Idempotency-Key was used for another request within 24 hours.')
  }
  const bytes = first.answer as Buffer
  const text = first.isSealed ? app.seal.open(bytes, contextOf(claim)) : bytes.toString()
  const { body, location } = JSON.parse(text) as Answer
  const status = first.status as number
  if (endpoint.idempotency === 'once' && status < 400) {
    const made = (body as { id: string }).id
    throw problem('idempotency_no_replay', `This request made ${made}; its secret was shown once and is not kept.`, {
      more: { id: made }
    })
  }
  reply.header('idempotent-replayed', 'true')
  if (location !== undefined) reply.header('location', location)
  if (status >= 400) reply.type('application/problem+json')
  return { status, body }
}

const idOf = (outcome: Outcome) => ({ id: (outcome.body as { id: string }).id })

/** A refusal by rule is an answer; a lack of quota, a state that may pass or a fault of ours is not. */
const isLasting = (error: unknown): error is Problem =>
  error instanceof Problem && error.status < 500 && error.status !== 429 && error.status !== 409

const inProgress = () =>
  problem('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', {
    headers: { 'retry-after': '1' }
  })

const contextOf = (claim: queries.Claim) => `idempotency:${claim.tenantId}:${claim.key}`
const docs = (app: App) => `${app.config.http.publicUrl}/docs/errors`
