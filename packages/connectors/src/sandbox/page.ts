import type { Reply } from './reply.ts'

/** Somebody who can sign in on the consent page. `id` is what is linked, `user` who owns it: one user may own several. */
export interface TestAccount {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly handle: string
}

export const toHtml = (text: string): string =>
  text.replace(/[&<>"']/g, c => (c === '&' ? '&amp;' : `&#${c.charCodeAt(0)};`))

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}

const STYLE = `:root{color-scheme:light dark;--ink:#1d2126;--soft:#5d666f;--line:#d9dee3;--page:#f4f6f8;--card:#fff;--mark:#8a6100;--hover:#eef3f8}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaee;--soft:#a3adb8;--line:#39424c;--page:#14181c;--card:#1d2329;--mark:#f0c15a;--hover:#262e36}}
*{box-sizing:border-box}body{margin:0;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}
main{max-width:28rem;margin:0 auto;padding:1.75rem;border:1px solid var(--line);border-radius:12px;background:var(--card)}
.sandbox{margin:0 0 1.25rem;color:var(--mark);font-size:.875rem}h1{margin:0 0 .5rem;font-size:1.25rem;font-weight:600}
p,summary{color:var(--soft);margin:.5rem 0}ul{list-style:none;margin:1.25rem 0;padding:0}details ul{margin:.25rem 0}code{font-size:.8125rem;overflow-wrap:anywhere}
a[data-channel]{display:block;margin:.5rem 0;padding:.75rem 1rem;border:1px solid var(--line);border-radius:8px;color:inherit;text-decoration:none}
a[data-channel]:hover,a[data-channel]:focus-visible{background:var(--hover)}a[data-channel] span{display:block;color:var(--soft);font-size:.875rem}
a[data-deny]{color:var(--soft)}:focus-visible{outline:2px solid currentColor;outline-offset:2px}`

const page = (platform: string, title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${toHtml(title)}</title><style>${STYLE}</style></head>
<body><main><p class="sandbox"><strong>Sandbox.</strong> This is not ${toHtml(platform)}, and nothing here is seen by anybody.</p>${body}</main></body></html>
`

export interface ConsentPage {
  /** As its owners call it. */
  readonly platform: string
  /** What one of its accounts is called: a channel. */
  readonly noun: string
  readonly accounts: readonly { readonly account: TestAccount; readonly href: string }[]
  readonly scopes: readonly string[]
  readonly denyHref: string
}

/** The owner picks an account; each link grants. Without scripts, so that a program can follow the links as well. */
export function consentPage({ platform, noun, accounts, scopes, denyHref }: ConsentPage): Reply {
  const links = accounts.map(
    ({ account, href }) =>
      `<li><a data-channel="${toHtml(account.id)}" href="${toHtml(href)}">${toHtml(account.name)}<span>${toHtml(account.handle)}</span></a></li>`
  )
  const wants = scopes.map(scope => `<li><code>${toHtml(scope)}</code></li>`)
  const body = `<h1>Choose ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${toHtml(noun)}</h1><p>Choosing one lets the app publish on it.</p>
<ul>${links.join('\n')}</ul><details><summary>What the app asks for</summary><ul>${wants.join('')}</ul></details>
<p><a data-deny href="${toHtml(denyHref)}">Deny</a></p>`
  return { status: 200, headers: HEADERS, body: page(platform, `${platform} sandbox`, body) }
}

/** A front-channel error: shown, never redirected. */
export const errorPage = (platform: string, error: string, description: string): Reply => ({
  status: 400,
  headers: HEADERS,
  body: page(
    platform,
    'Access blocked',
    `<h1>Access blocked</h1><p><code>${toHtml(error)}</code></p><p>${toHtml(description)}</p>`
  )
})
