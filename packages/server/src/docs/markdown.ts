import { Marked, type Tokens } from 'marked'
import { escapeHtml } from '../lib/html.ts'
import { slugOf } from './html.ts'

export interface Section {
  readonly id: string
  readonly title: string
  /** Those after it belong to it. */
  readonly isGroup?: boolean
}

export interface Rendered {
  readonly title: string
  readonly html: string
  /** Its headings of the second level. */
  readonly sections: readonly Section[]
}

const captions: Readonly<Record<string, string>> = { bash: 'Shell', console: 'Terminal', json: 'Answer' }

/** Our own guide only: HTML in it is passed through. */
export function renderMarkdown(source: string): Rendered {
  const sections: Section[] = []
  let title = ''
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const inner = this.parser.parseInline(tokens)
        if (depth === 1) {
          title = text
          return `<h1>${inner}</h1>\n`
        }
        const id = slugOf(text)
        if (depth === 2) sections.push({ id, title: text.replaceAll('`', '') })
        return `<h${depth} id="${id}"><a class="anchor" href="#${id}">${inner}</a></h${depth}>\n`
      },
      code({ text, lang = '' }: Tokens.Code) {
        return codeBlock(text, lang)
      },
      table({ header, rows }: Tokens.Table) {
        const cell = (tag: string) => (one: Tokens.TableCell) =>
          `<${tag}>${this.parser.parseInline(one.tokens)}</${tag}>`
        const line = (cells: Tokens.TableCell[], tag: string) => `<tr>${cells.map(cell(tag)).join('')}</tr>`
        const body = rows.map(row => line(row, 'td')).join('\n')
        return wrapTable(`<thead>${line(header, 'th')}</thead>\n<tbody>${body}</tbody>`)
      }
    }
  })
  return { html: marked.parse(source, { async: false }), title, sections }
}

/** A wide table scrolls by itself, and can be scrolled by keyboard. */
export const wrapTable = (rows: string, kind = ''): string =>
  `<div class="scroll${kind && ` ${kind}`}" tabindex="0"><table>${rows}</table></div>\n`

export function codeBlock(text: string, lang: string): string {
  const caption = captions[lang]
  const shown = lang === 'bash' || lang === 'console' ? paintShell(text) : escapeHtml(text)
  return `<figure class="code">${caption ? `<figcaption>${caption}</figcaption>` : ''}<pre tabindex="0"><code>${shown}</code></pre></figure>\n`
}

/** Comments step back, variables come forward. */
const paintShell = (text: string): string =>
  escapeHtml(text)
    .split('\n')
    .map(line => (/^\s*#/.test(line) ? `<i>${line}</i>` : line.replace(/\$\{?[A-Z][A-Z0-9_]*\}?/g, '<b>$&</b>')))
    .join('\n')
