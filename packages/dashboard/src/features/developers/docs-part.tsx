import { Link } from '@tanstack/react-router'
import { CopyButton, Snippet } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'

const DOCS = [
  ['/docs', 'Quickstart', 'A key, a header, a video'],
  ['/docs/uploads', 'Three ways to upload', 'Form, one PUT, parts that resume'],
  ['/docs/sdk', 'TypeScript SDK', 'Browser and Node, typed'],
  ['/docs/status', 'Status', 'What each account reports, and when it is over'],
  ['/docs/events', 'Live events', 'Every change as it happens'],
  ['/docs/repeating', 'Repeating safely', 'Ask twice, post once'],
  ['/docs/reference', 'API reference', 'Every request, field and answer'],
  ['/docs/errors', 'Problem codes', 'What each means and what to do'],
  ['/openapi.json', 'openapi.json', 'OpenAPI 3.1, for generators']
] as const

/** The way in for programs: where, with what, and how it is all explained. */
export function DocsPart() {
  const base = location.origin
  return (
    <div className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-5">
        <Section title="Base address">
          <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 truncate rounded-md bg-well px-2.5 py-1.5 font-mono text-xs leading-5">
              {base}
            </code>
            <CopyButton text={base} label="Copy the address" />
          </div>
        </Section>
        <Section
          title="A first request"
          aside={
            <Link to="/keys" className="text-act underline underline-offset-2">
              API keys
            </Link>
          }
        >
          <Snippet label="What is left of the month" text={`curl -sS '${base}/quota' \\\n  -H 'X-Api-Key: YOUR_KEY'`} />
          <p className="text-sm text-soft">
            A new key comes with snippets that send a video. What was asked of a platform for an upload, and what it
            answered, stands under the attempts of{' '}
            <Link to="/uploads" className="text-act underline underline-offset-2">
              that upload
            </Link>
            .
          </p>
        </Section>
      </div>
      <Section title="Docs">
        <ul className="border-t border-line">
          {DOCS.map(([href, title, words]) => (
            <li key={href} className="border-b border-line">
              <a
                href={href}
                className="grid items-baseline gap-x-4 py-1.5 -outline-offset-2 hover:bg-well sm:grid-cols-[160px_minmax(0,1fr)]"
              >
                <span className="font-medium text-act">{title}</span>
                <span className="text-sm text-soft">{words}</span>
              </a>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}
