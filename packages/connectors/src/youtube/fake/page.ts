import type { Reply } from '../../sandbox-http.ts'
import type { Channel } from './model.ts'

const toHtml = (text: string): string => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
.note{background:#fff4ce;border:1px solid #d9a700;border-radius:6px;padding:.5rem .8rem}
ul{list-style:none;padding:0}li{margin:.5rem 0}
a[data-channel]{display:block;padding:.7rem 1rem;border:1px solid #8a8a8a;border-radius:6px;color:#0b57d0}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}.note{color:#1c1c1c}a,a[data-channel]{color:#8ab4f8}}`

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><p class="note">This is a sandbox. It is not Google, and nothing here is seen by anybody.</p>${body}</body></html>
`

/** The owner picks a channel; each link grants. */
export function consentPage(
  channels: readonly { readonly channel: Channel; readonly href: string }[],
  scopes: readonly string[],
  denyHref: string
): Reply {
  const links = channels.map(
    ({ channel, href }) =>
      `<li><a data-channel="${toHtml(channel.id)}" href="${toHtml(href)}">${toHtml(channel.title)} (${toHtml(channel.handle)})</a></li>`
  )
  const wants = scopes.map(scope => `<li><code>${toHtml(scope)}</code></li>`)
  const body = `<h1>Choose a channel</h1><p>The app asks for:</p><ul>${wants.join('')}</ul><p>Choosing a channel allows this.</p>
<ul>${links.join('\n')}</ul><p><a data-deny href="${toHtml(denyHref)}">Deny</a></p>`
  return { status: 200, headers: HEADERS, body: page('Sandbox sign-in', body) }
}

/** A front-channel error: shown, never redirected. */
export const errorPage = (error: string, description: string): Reply => ({
  status: 400,
  headers: HEADERS,
  body: page(
    'Access blocked',
    `<h1>Access blocked</h1><p>Error 400: <code>${toHtml(error)}</code></p><p>${toHtml(description)}</p>`
  )
})
