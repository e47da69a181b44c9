import { createHash } from 'node:crypto'
import { escapeHtml } from '../lib/html.ts'
import type { Section } from './markdown.ts'
import { STYLE } from './style.ts'

export interface Page {
  /** `/docs/uploads`. */
  readonly path: string
  readonly title: string
  readonly html: string
  readonly sections: readonly Section[]
}

/** Our own style by its hash, and nothing else: no script, no frame, no request to anybody. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache'
} as const

/** A page of the docs between the list of all of them and its own text. */
export const docsPage = (page: Page, all: readonly Page[]): string =>
  shell(
    `${page.title} · Upload24 docs`,
    `<div class="frame">
<main id="top">
${page.html}${onward(page, all)}</main>
<nav id="contents" aria-label="Docs">
${all.map(each => entry(each, each.path === page.path)).join('\n')}
<p><a href="/openapi.json">openapi.json</a></p>
</nav>
</div>`,
    '<a class="jump" href="#contents">Contents</a>'
  )

/** A page of its own, without the list. */
export const plainPage = (title: string, html: string): string =>
  shell(title, `<main class="alone">\n${html}</main>`, '<a href="/docs">Docs</a>')

function entry({ path, title, sections }: Page, isHere: boolean): string {
  if (!isHere) return `<p><a href="${path}">${escapeHtml(title)}</a></p>`
  const inner = sections
    .map(
      section =>
        `<li${section.isGroup ? ' class="group"' : ''}><a href="#${section.id}">${escapeHtml(section.title)}</a></li>`
    )
    .join('')
  return `<p><a href="${path}" aria-current="page">${escapeHtml(title)}</a></p>${inner ? `<ul>${inner}</ul>` : ''}`
}

function onward(page: Page, all: readonly Page[]): string {
  const next = all[all.indexOf(page) + 1]
  return next ? `<p class="onward">Next: <a href="${next.path}">${escapeHtml(next.title)}</a></p>\n` : ''
}

const shell = (title: string, body: string, link: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><div><a class="name" href="/">Upload24</a>${link}</div></header>
${body}
</body>
</html>
`
