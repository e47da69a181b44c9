import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommonFaults, FaultBook } from './faults.ts'
import { onlyFirst, plainText, type Reply, ReplyError, sendReply } from './reply.ts'
import type { Sandbox } from './sandbox.ts'

/** One request to one of the platform's hosts. The body has not been read. */
export interface Request {
  readonly req: IncomingMessage
  readonly host: string
  /** Below the host. */
  readonly path: string
  readonly query: URLSearchParams
}

/** What a request is, before it is done. */
export interface Call {
  /** The names that faults know it by. */
  readonly names: readonly string[]
  /** Whose faults hit it. Null: nobody's. */
  readonly project: string | null
  /** Does it. `body` may break off: a fault, or a sender that went away. Replies may be thrown as ReplyError. */
  run(body: AsyncIterable<Uint8Array>): Promise<Reply>
  /** The body had to be read to know the project: a dropped request is one that never arrived. */
  readonly isRead?: boolean
  /** The platform's way of saying an error that a fault asked for. */
  fail(status: number, reason: string | undefined, headers: Readonly<Record<string, string>>): Reply
  /** For `forgetSessions`: of the session that the request names. */
  forgetSession?(): Promise<void>
  /** For `revokeGrant`: ends it, and gives the answer that its token gets from then on. */
  endGrant?(): Promise<Reply>
}

export interface Service<F extends CommonFaults> {
  readonly hosts: readonly string[]
  readonly faultsSchema: Sandbox['faultsSchema']
  readonly faults: FaultBook<F>
  /** Finds out what is asked and by whom. Throws a ReplyError for what is not served or not signed in. */
  route(request: Request): Call | Promise<Call>
}

/** A sandbox but for its posts: host routing, faults, and whatever is thrown as an answer. */
export function openService<F extends CommonFaults>(
  service: Service<F>
): Pick<Sandbox, 'handler' | 'hostMap' | 'getFaults' | 'setFaults' | 'faultsSchema'> {
  const { hosts, faultsSchema, faults } = service
  return {
    faultsSchema,
    getFaults: faults.get,
    setFaults: faults.set,
    hostMap: base => Object.fromEntries(hosts.map(host => [host, `${base}/h/${host}`])),
    async handler(req, res) {
      const outcome = await answer(req, service).catch(error => {
        // The sender went away in the middle of its request: there is nobody to answer.
        if (req.destroyed && !req.complete) return null
        throw error
      })
      if (outcome === null) return
      if (outcome === 'dropped') res.socket?.destroy()
      else sendReply(res, outcome.reply, outcome.cut)
    }
  }
}

/** `cut`: bytes of the answer that still arrive. */
type Outcome = 'dropped' | { readonly reply: Reply; readonly cut?: number }

async function answer<F extends CommonFaults>(req: IncomingMessage, service: Service<F>): Promise<Outcome> {
  const url = new URL(req.url ?? '/', 'http://sandbox.invalid')
  const [, host = '', path = '/'] = /\/h\/([a-z0-9.-]+)(\/.*)?$/.exec(url.pathname) ?? []
  try {
    if (!service.hosts.includes(host)) return { reply: plainText(404, 'Not Found') }
    const call = await service.route({ req, host, path, query: url.searchParams })
    return await withFaults(call, req, service.faults)
  } catch (error) {
    return { reply: replyOf(error) }
  }
}

function replyOf(error: unknown): Reply {
  if (error instanceof ReplyError) return error.reply
  if (error instanceof RangeError) return plainText(413, 'Payload Too Large')
  throw error
}

async function withFaults<F extends CommonFaults>(
  call: Call,
  req: IncomingMessage,
  faults: FaultBook<F>
): Promise<Outcome> {
  if (call.project === null) return { reply: await call.run(req) }
  const kinds: (keyof CommonFaults)[] = ['cutAnswer', 'dropRequest', 'status', 'delayMs']
  if (call.forgetSession) kinds.push('forgetSessions')
  if (call.endGrant) kinds.push('revokeGrant')
  const { hits } = await (faults as unknown as FaultBook<CommonFaults>).take(call.project, call.names, kinds)
  const { delayMs, dropRequest, status, cutAnswer, forgetSessions: forget } = hits
  if (delayMs) await sleep(delayMs.ms)
  if (dropRequest) {
    if (dropRequest.bytes > 0 && !call.isRead) await call.run(onlyFirst(req, dropRequest.bytes)).catch(() => {})
    return 'dropped'
  }
  const cut = cutAnswer ? { cut: cutAnswer.bytes } : {}
  if (hits.revokeGrant && call.endGrant) return { reply: await call.endGrant(), ...cut }
  if (forget?.when === 'before') await call.forgetSession?.()
  const retryAfter: Record<string, string> =
    status?.retryAfter === undefined ? {} : { 'retry-after': String(status.retryAfter) }
  const refusal = status && call.fail(status.code, status.reason, retryAfter)
  if (refusal && status.when === 'before') return { reply: refusal, ...cut }
  const reply = await call.run(req).catch(replyOf)
  if (forget?.when === 'after') await call.forgetSession?.()
  return { reply: refusal ?? reply, ...cut }
}
