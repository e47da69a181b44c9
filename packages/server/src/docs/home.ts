import { escapeHtml } from '../lib/html.ts'
import { plainPage } from './layout.ts'

const PRACTICE = "Accounts on the built-in sandbox let you try all of it without any platform's approval."
const KEYS = 'People sign in to link accounts and make keys; machines upload with a key.'

export const homePage = (publicUrl: string, hasSandbox: boolean): string =>
  plainPage(
    'Upload24',
    `<h1>One video in, published once on every account</h1>
<p>Upload24 takes one video over HTTP and publishes it on every linked account that you name. Each delivery happens exactly once, is retried only where a retry cannot post twice, and is reported for each account by itself. ${hasSandbox ? PRACTICE : KEYS}</p>
<dl class="facts">
<dt>Start here</dt><dd><a href="/docs">Quickstart</a></dd>
<dt>Every endpoint</dt><dd><a href="/docs/reference">Reference</a></dd>
<dt>For machines</dt><dd><a href="/openapi.json">openapi.json</a></dd>
${hasSandbox ? '<dt>Try it safely</dt><dd><a href="/docs/sandbox">Sandbox</a></dd>\n' : ''}<dt>The API</dt><dd><code>${escapeHtml(publicUrl)}</code></dd>
</dl>
`
  )
