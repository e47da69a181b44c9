import { escapeHtml } from './html.ts'
import { plainPage } from './layout.ts'

export const homePage = (publicUrl: string): string =>
  plainPage(
    'Upload24',
    `<h1>One video in, published once on every account</h1>
<p>Upload24 takes one video over HTTP and publishes it on every linked account that you name. Each delivery happens exactly once, is retried only where a retry cannot post twice, and is reported for each account by itself. Accounts on the built-in sandbox let you try all of it without any platform's approval.</p>
<dl class="facts">
<dt>Start here</dt><dd><a href="/docs">Quickstart</a></dd>
<dt>Every endpoint</dt><dd><a href="/docs/reference">Reference</a></dd>
<dt>For machines</dt><dd><a href="/openapi.json">openapi.json</a></dd>
<dt>Try it safely</dt><dd><a href="/docs/sandbox">Sandbox</a></dd>
<dt>The API</dt><dd><code>${escapeHtml(publicUrl)}</code></dd>
</dl>
`
  )
