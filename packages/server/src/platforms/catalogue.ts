import { type Connector, nobody, type Rules } from '@upload24/connectors'
import type { MediaRules } from '@upload24/contract'
import type { z } from 'zod'
import { clientVariables } from '../config/variables.ts'
import type { Way } from './apps.ts'
import { formOf, jsonSchema } from './form.ts'
import type { Platforms } from './platforms.ts'

/** What can be said of a platform before an account of it is known. */
const NOBODY = nobody('')

/** The platforms as the dashboard, the CLI and the docs read them: they know none by name. */
export const listPlatforms = (platforms: Platforms, tenantId: string) =>
  Object.values(platforms.connectors).map(connector => present(connector, platforms, tenantId))

/** Can accounts be linked this way? A form needs no app. */
export const isSetUp = (platforms: Platforms, connector: Connector, way: Way): boolean =>
  connector.auths[way.auth]?.kind === 'form' || platforms.appOf(way) !== null

function present(connector: Connector, platforms: Platforms, tenantId: string) {
  const { id, name, brand } = connector
  const linking = Object.entries(connector.auths).map(([auth, way]) => ({
    auth,
    kind: way.kind,
    fields: way.kind === 'form' ? jsonSchema(way.fields) : null,
    isConfigured: isSetUp(platforms, connector, { platform: id, sandbox: false, tenant_id: tenantId, auth }),
    variables: way.kind === 'form' ? [] : Object.values(clientVariables(connector, auth))
  }))
  const rules = connector.rules(NOBODY)
  return {
    id,
    name,
    brand,
    linking,
    isConfigured: linking.some(way => way.isConfigured),
    hasSandbox: platforms.sandboxes.get(id) !== null,
    media: presentRules(rules),
    title: { ...rules.title },
    options: formOf(connector)
  }
}

export const presentRules = (rules: Rules): z.input<typeof MediaRules> => ({
  source: rules.source,
  contentTypes: [...rules.contentTypes],
  containers: list(rules.containers),
  videoCodecs: list(rules.videoCodecs),
  audioCodecs: list(rules.audioCodecs),
  maxBytes: rules.maxBytes,
  seconds: pair(rules.seconds),
  width: pair(rules.width),
  height: pair(rules.height),
  aspect: pair(rules.aspect),
  frameRate: pair(rules.framesPerSecond),
  audioChannels: pair(rules.audioChannels),
  audioSampleRate: pair(rules.samplesPerSecond)
})

const pair = (range: readonly [number, number] | undefined): [number, number] | null => (range ? [...range] : null)
const list = (names: readonly string[] | undefined): string[] | null => (names ? [...names] : null)
