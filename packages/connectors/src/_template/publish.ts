import type { Context, Progress, Publisher } from '../connector.ts'
import { chunkEnd, plain } from '../http.ts'
import { readJson } from '../json.ts'
import type { TemplateOptions } from './options.ts'
import { Arrived, Made, MadeList, type MadePost, Opened, TemplateState } from './shapes.ts'

type Where = Progress<TemplateState>

const CHUNK = 8 * 2 ** 20
const JSON_TYPE = { 'content-type': 'application/json' }

/** Open, send, commit; and `check`, the one question. `publisher.ts` says what each verb may do; the laws hold it to that. */
export const publisher: Publisher<TemplateOptions, TemplateState> = {
  state: TemplateState,
  // Seconds from the making of a post until `check` surely sees it. Measure it, and be generous.
  settleSeconds: 60,
  // https://docs.template.example/posts#key: the same key within 24 hours is the same post. Less 180 s. Leave it out where that is not promised.
  repeatableSeconds: 86_400 - 180,

  /** Repeated with no public effect: an upload without a post is seen by nobody. */
  async prepare(_state, { title, description, options, media, marker }, { http }) {
    const body = JSON.stringify({ bytes: media.bytes, type: media.contentType })
    const res = await http('api', '/v1/uploads', { method: 'POST', headers: JSON_TYPE, body })
    const { id: upload } = Opened.parse(readJson(res.text))
    const commit = JSON.stringify({ upload, title, description, visibility: options.visibility, key: marker })
    return arrived({ upload, bytes: media.bytes, type: media.contentType, body: commit, key: marker }, 0)
  },

  async send(state, chunk, { http }) {
    const headers = { 'content-range': `bytes ${chunk.start}-${chunk.end - 1}/${chunk.total}` }
    const res = await http('api', uploadOf(state), { method: 'PUT', headers, body: plain(chunk, state.type) })
    return arrived(state, Arrived.parse(readJson(res.text)).received)
  },

  /** From `state` alone, so that a repeat is the same to the byte. */
  async commit(state, { http }) {
    const res = await http('api', '/v1/posts', { method: 'POST', headers: JSON_TYPE, body: state.body })
    return made(state, Made.parse(readJson(res.text)))
  },

  /** Where are you? Resume, poll, and settle a lost answer. Reads only. */
  async check(state, { http }, doubt) {
    if (state.id !== undefined) {
      const res = await http('api', `/v1/posts/${encodeURIComponent(state.id)}`)
      return made(state, Made.parse(readJson(res.text)))
    }
    if (doubt?.commits) return find(state, http)
    const res = await http('api', uploadOf(state), { expect: [404] })
    return res.status === 404 ? { at: 'gone' } : arrived(state, Arrived.parse(readJson(res.text)).received)
  }
}

const uploadOf = ({ upload }: TemplateState): string => `/v1/uploads/${encodeURIComponent(upload)}`

/** The answer to the commit was lost: our key tells whether it made the post. "No" counts only when the server has waited for it. */
async function find(state: TemplateState, http: Context['http']): Promise<Where> {
  const res = await http('api', `/v1/posts?key=${encodeURIComponent(state.key)}`)
  const [post] = MadeList.parse(readJson(res.text)).items
  return post ? made(state, post) : { at: 'ready', state }
}

/** The platform's own number decides where to go on, never what we sent. */
const arrived = (state: TemplateState, sent: number): Where =>
  sent >= state.bytes
    ? { at: 'ready', state }
    : { at: 'transfer', state, sent, end: chunkEnd(sent, state.bytes, CHUNK, 'short') }

function made(state: TemplateState, { id, state: is, reason }: MadePost): Where {
  const post = { id, url: `https://www.template.example/v/${id}` }
  if (is === 'ready') return { at: 'published', post }
  if (is !== 'failed') return { at: 'processing', state: { ...state, id }, askAgainIn: 5, post }
  const message = 'Template took the video and then refused it.'
  const code = `template_${reason ?? 'failed'}`
  return { at: 'rejected', failure: { kind: 'permanent', scope: 'delivery', code, message } }
}
