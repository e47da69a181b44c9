import { problems } from '@upload24/contract'
import { escapeHtml } from '../lib/html.ts'
import { prose } from './html.ts'
import type { Page } from './layout.ts'
import { codeBlock } from './markdown.ts'

/** The closed list of problems: `type` of each problem document leads to its anchor here. */
export function errorsPage(publicUrl: string): Page {
  const byStatus = Map.groupBy(Object.entries(problems), ([, [status]]) => status)
  const statuses = [...byStatus.keys()].sort((a, b) => a - b)
  const lists = statuses.map(status => {
    const entries = (byStatus.get(status) ?? []).map(
      ([code, [, title, advice]]) =>
        `<dt id="${code}"><a class="anchor" href="#${code}"><code>${code}</code></a></dt><dd>${escapeHtml(title)}. ${prose(advice)}</dd>`
    )
    return `<h2 id="status-${status}"><a class="anchor" href="#status-${status}">${status}</a></h2>\n<dl class="facts list">${entries.join('\n')}</dl>`
  })
  const example = {
    type: `${publicUrl}/docs/errors#validation_failed`,
    title: problems.validation_failed[1],
    status: 422,
    detail: 'One rule is broken; nothing was done. See errors.',
    code: 'validation_failed',
    requestId: 'req_019a9d5ae5c37b3d8a9a8b1b3e0d1f2a',
    errors: [{ path: 'title', code: 'required', message: 'is required' }]
  }
  return {
    path: '/docs/errors',
    title: 'Errors',
    sections: statuses.map(status => ({ id: `status-${status}`, title: String(status) })),
    html: `<h1>Errors</h1>
<p>Every refusal is a problem document (RFC 9457, <code>application/problem+json</code>). Its <code>code</code> is one of this closed list and never changes its meaning; <code>detail</code> says what to do; <code>errors</code> lists every fault of the request at once; <code>requestId</code> finds it in our log.</p>
${codeBlock(JSON.stringify(example, null, 2), 'json')}${lists.join('\n')}
`
  }
}
