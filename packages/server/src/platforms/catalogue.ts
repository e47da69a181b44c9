import { type Connector, nobody } from '@upload24/connectors'
import { z } from 'zod'
import type { Platforms } from './platforms.ts'

/** What can be said of a platform before an account of it is known. */
const NOBODY = nobody('')

/** The platforms as the dashboard, the CLI and the docs read them: they know none by name. */
export const listPlatforms = (platforms: Platforms, tenantId: string) =>
  Object.values(platforms.connectors).map(connector => present(connector, platforms, tenantId))

function present(connector: Connector, platforms: Platforms, tenantId: string) {
  const { id, name, brand } = connector
  const { contentTypes, maxBytes, seconds, aspect, title } = connector.rules(NOBODY)
  return {
    id,
    name,
    brand,
    linking: Object.entries(connector.auths).map(([auth, way]) => ({
      auth,
      kind: way.kind,
      fields: way.kind === 'form' ? jsonSchema(way.fields) : null
    })),
    isConfigured: platforms.appOf({ platform: id, sandbox: false, tenant_id: tenantId }) !== null,
    hasSandbox: platforms.sandboxes.get(id) !== null,
    media: { contentTypes: [...contentTypes], maxBytes, seconds: pair(seconds), aspect: pair(aspect) },
    title: { ...title },
    options: jsonSchema(connector.options)
  }
}

/** As it is sent: fields with a default may be left out. */
export const jsonSchema = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>

const pair = (range: readonly [number, number] | undefined): [number, number] | null => (range ? [...range] : null)
