/** The whole look: warm neutrals, and one accent for what can be acted on. 4 px grid. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: oklch(0.985 0.004 85); --well: oklch(0.957 0.006 85); --line: oklch(0.885 0.008 85);
  --ink: oklch(0.24 0.012 70); --soft: oklch(0.47 0.014 70); --act: oklch(0.47 0.155 262);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: oklch(0.195 0.008 70); --well: oklch(0.24 0.009 70); --line: oklch(0.34 0.01 70);
    --ink: oklch(0.925 0.008 85); --soft: oklch(0.73 0.012 80); --act: oklch(0.79 0.11 262);
  }
}
* { box-sizing: border-box }
html { scroll-padding-top: 24px; -webkit-text-size-adjust: 100% }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
a { color: var(--act); text-underline-offset: 3px; text-decoration-thickness: 1px }
a:hover { text-decoration-thickness: 2px }
:focus-visible { outline: 2px solid var(--act); outline-offset: 2px; border-radius: 2px }

header { border-bottom: 1px solid var(--line) }
header div { display: flex; justify-content: space-between; align-items: baseline; gap: 24px; max-width: 1120px; margin: 0 auto; padding: 16px 24px }
header .name { color: var(--ink); font-weight: 650; letter-spacing: -0.01em; text-decoration: none }
.frame { display: grid; grid-template-columns: 248px minmax(0, 1fr); max-width: 1120px; margin: 0 auto }
main { padding: 32px 24px 96px 40px; max-width: 816px; width: 100%; min-width: 0; grid-column: 2; grid-row: 1 }
main.alone { margin: 0 auto; padding: 64px 24px; max-width: 1120px }
.alone h1 { max-width: 20ch; font-size: 40px; line-height: 44px }
nav { grid-column: 1; grid-row: 1; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 36px 8px 32px 24px; font-size: 14px; line-height: 20px }
nav p { margin: 0 }
nav a { display: block; padding: 4px 0; color: var(--soft); text-decoration: none }
nav a:hover { color: var(--act); text-decoration: underline }
nav a[aria-current] { color: var(--ink); font-weight: 600 }
nav ul { list-style: none; margin: 0 0 8px; padding: 0 0 0 12px; border-left: 1px solid var(--line) }
nav li a { font-size: 13px; padding: 2px 0 }
nav li.group { margin: 8px 0 0 }
nav li.group a { font-weight: 600 }
.jump { display: none }

h1 { margin: 0 0 16px; font-size: 30px; line-height: 36px; font-weight: 650; letter-spacing: -0.02em; text-wrap: balance }
h2 { margin: 48px 0 12px; font-size: 20px; line-height: 28px; font-weight: 650; letter-spacing: -0.01em }
h3 { margin: 32px 0 8px; font-size: 15px; line-height: 24px; font-weight: 650 }
h4 { margin: 24px 0 4px; font-size: 13px; line-height: 20px; font-weight: 600; color: var(--soft) }
h1 + p { font-size: 17px; line-height: 28px; max-width: 60ch; margin-bottom: 24px }
p, ul, ol { margin: 0 0 16px; max-width: 68ch }
li { margin-bottom: 4px }
.anchor { color: inherit; text-decoration: none }
.anchor:hover::after { content: " #"; color: var(--act) }
small, .soft { font-size: 13px; color: var(--soft) }
.onward { margin-top: 64px; padding-top: 16px; border-top: 1px solid var(--line); max-width: none }

code { font: 0.875em/1.5 var(--mono); background: var(--well); padding: 1px 4px; border-radius: 3px }
a code { color: inherit }
.code { margin: 0 0 20px; background: var(--well); border-radius: 6px }
.code figcaption { padding: 10px 16px 0; font-size: 12px; line-height: 16px; color: var(--soft) }
.code pre { margin: 0; padding: 10px 16px 14px; overflow-x: auto; border-radius: 6px }
.code code { background: none; padding: 0; font-size: 13px; line-height: 20px; tab-size: 2 }
.code i { color: var(--soft); font-style: normal }
.code b { font-weight: 600 }

.scroll { overflow-x: auto; margin: 0 0 20px }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 20px }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--soft); white-space: nowrap }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { white-space: nowrap }
td:last-child, th:last-child { padding-right: 0; min-width: 200px }
td code { white-space: nowrap }
.fields td:nth-child(2) { white-space: nowrap }

blockquote { margin: 0 0 20px; padding: 12px 16px 12px 28px; background: linear-gradient(var(--well), var(--well)) 12px 0 no-repeat, repeating-linear-gradient(-45deg, var(--soft) 0 4px, var(--well) 4px 8px); border-radius: 6px; overflow: hidden }
blockquote p:last-child { margin: 0 }

.verb { font: 600 0.875em var(--mono) }
.path { font: 0.875em var(--mono); overflow-wrap: anywhere }
h3 .verb, h3 .path { font-size: 14px }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; margin: 0 0 16px; font-size: 14px }
.facts dt { color: var(--soft) }
.facts dd { margin: 0 }
.facts.list { grid-template-columns: 212px minmax(0, 1fr) }
:target + dd { text-decoration: underline; text-decoration-color: var(--soft); text-underline-offset: 4px }
.op { padding-bottom: 24px; border-bottom: 1px solid var(--line) }
.op:last-of-type { border: 0 }
.codes { display: flex; flex-wrap: wrap; gap: 4px 12px; margin: 0 0 16px; padding: 0; list-style: none; max-width: none; font-size: 14px }

@media (max-width: 800px) {
  .frame { display: block }
  main, main.alone { padding: 24px 16px 48px }
  header div { padding: 12px 16px }
  .jump { display: inline }
  nav { position: static; max-height: none; padding: 24px 16px 64px; border-top: 1px solid var(--line); font-size: 15px }
  nav a { padding: 8px 0 }
  nav li a { padding: 6px 0; font-size: 14px }
  h1, .alone h1 { font-size: 26px; line-height: 32px }
  .code pre { padding-inline: 12px } .code figcaption { padding-inline: 12px }
  .facts, .facts.list { grid-template-columns: minmax(0, 1fr); gap: 0 } .facts dd { margin-bottom: 8px }
}
@media (max-width: 560px) {
  .fields thead { position: absolute; clip-path: inset(50%) }
  .fields table, .fields tbody, .fields tr, .fields td { display: block }
  .fields tr { padding: 8px 0; border-bottom: 1px solid var(--line) }
  .fields td { border: 0; padding: 2px 0 }
  .fields td:empty { display: none }
  .fields td:nth-child(2) { color: var(--soft) }
  .fields td code { white-space: normal; overflow-wrap: anywhere }
}
@media print { nav, header { display: none } .frame { display: block } }`
