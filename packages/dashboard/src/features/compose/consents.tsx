import type { Target } from '../../description/fit.ts'

const ADDRESS = /\((https:\/\/[^\s)]+)\)/

/** What is declared by sending it, as the platforms word it. */
export function Consents({ targets }: { readonly targets: readonly Target[] }) {
  const sentences = new Set(targets.flatMap(({ fit }) => fit.answer?.consent ?? []))
  return [...sentences].map(sentence => (
    <p key={sentence} className="text-sm text-soft">
      {withLinks(sentence)}
    </p>
  ))
}

/** `Name (address)` becomes the name, leading there. */
function withLinks(sentence: string) {
  const parts = sentence.split(/([A-Z][\w ]+? \(https:\/\/[^\s)]+\))/)
  return parts.map(part => {
    const address = ADDRESS.exec(part)?.[1]
    return address ? (
      <a key={part} href={address} target="_blank" rel="noreferrer" className="rounded-sm underline hover:text-ink">
        {part.replace(ADDRESS, '').trim()}
      </a>
    ) : (
      part
    )
  })
}
