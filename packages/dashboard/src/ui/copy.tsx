import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'

/** Copies `text`; says so in its own place. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [isCopied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1600)
  }
  return (
    <Button size="small" onClick={copy} icon={isCopied ? <Check size={14} /> : <Copy size={14} />}>
      <span aria-live="polite">{isCopied ? 'Copied' : label}</span>
    </Button>
  )
}

/** Something to paste elsewhere, in full. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <figure className="rounded-md bg-well">
      <figcaption className="flex items-center justify-between gap-3 py-1.5 pr-1.5 pl-3 text-sm text-soft">
        {label}
        <CopyButton text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard. */}
      <pre tabIndex={0} className="overflow-x-auto px-3 pb-3 font-mono text-xs leading-5">
        {text}
      </pre>
    </figure>
  )
}
