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

const STYLE = `:root{color-scheme:light dark;--ink:oklch(.23 .012 70);--soft:oklch(.46 .014 70);--line:oklch(.895 .008 85);--page:oklch(.985 .004 85);--mark:oklch(.5 .115 62);--pale:oklch(.965 .028 85);--hover:oklch(.957 .006 85)}
@media(prefers-color-scheme:dark){:root{--ink:oklch(.935 .008 85);--soft:oklch(.74 .012 80);--line:oklch(.31 .01 70);--page:oklch(.19 .007 70);--mark:oklch(.81 .125 78);--pale:oklch(.275 .035 78);--hover:oklch(.245 .009 70)}}
*{box-sizing:border-box}body{margin:0;font:14px/20px system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;color:var(--ink);background:var(--page);overflow-wrap:anywhere}
body::before{content:"";display:block;height:8px;background:repeating-linear-gradient(-45deg,var(--mark) 0 5px,var(--pale) 5px 10px)}
main{max-width:472px;margin:0 auto;padding:max(40px,10vh) 24px 48px}.sandbox{margin:0 0 24px;color:var(--mark);font-size:13px}h1{margin:0 0 4px;font-size:20px;line-height:28px;font-weight:600;letter-spacing:-.011em}
p,summary{color:var(--soft);margin:4px 0}ul{list-style:none;margin:16px 0;padding:0;border-top:1px solid var(--line)}details ul{margin:4px 0;border:0}code{font-size:12px}
a[data-channel]{display:block;padding:10px 8px;border-bottom:1px solid var(--line);color:inherit;font-weight:500;text-decoration:none}
a[data-channel]:hover,a[data-channel]:focus-visible{background:var(--hover)}a[data-channel] span{display:block;color:var(--soft);font-size:13px;font-weight:400}
a[data-deny]{color:var(--soft);display:inline-block;margin-top:8px}:focus-visible{outline:2px solid currentColor;outline-offset:-2px}`

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
