import { endpoints, inputSchema, openApi, type Schema } from '@upload24/contract'
import { jsonSchema } from '../platforms/form.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { appTables } from './apps.ts'
import { errorsPage } from './errors.ts'
import { fieldTable } from './fields.ts'
import { readGuide } from './guide.ts'
import { docsPage, type Page } from './layout.ts'
import { renderMarkdown } from './markdown.ts'
import { follower, referencePage } from './reference.ts'

export interface Site {
  readonly openapi: string
  /** HTML by path. */
  readonly pages: ReadonlyMap<string, string>
}

/** Everything that is served as text, rendered once. `now`: the examples need days to come. */
export function renderSite(platforms: Platforms, publicUrl: string, now: Date): Site {
  const document = openApi(endpoints, { platforms: optionsOf(platforms), publicUrl })
  const guide = readGuide({ publicUrl, now, tables: tablesOf(platforms, document, publicUrl) }).map(
    ({ name, markdown }): Page => {
      const path = name === 'quickstart' ? '/docs' : `/docs/${name}`
      return { path, ...renderMarkdown(markdown) }
    }
  )
  const all = [...guide, errorsPage(publicUrl), referencePage(endpoints, document)]
  return {
    openapi: JSON.stringify(document),
    pages: new Map(all.map(page => [page.path, docsPage(page, all)]))
  }
}

const optionsOf = ({ connectors }: Platforms) =>
  Object.values(connectors).map(({ id, name, options }) => ({ id, name, options: jsonSchema(options) }))

/** For the guide: the options of each platform, its apps, and the faults of its sandbox. */
function tablesOf({ connectors, sandboxes }: Platforms, document: Schema, publicUrl: string): Record<string, string> {
  const follow = follower(document)
  return Object.fromEntries(
    Object.values(connectors).flatMap(connector => {
      const { id, options } = connector
      const faults = sandboxes.get(id)?.faultsSchema
      const schema = faults && inputSchema(faults, {})
      return [
        [`${id} options`, fieldTable(jsonSchema(options), follow)],
        ...appTables(connector, publicUrl),
        [`${id} faults`, schema ? fieldTable(schema, follow) : '<p>The sandbox is switched off here.</p>']
      ]
    })
  )
}
