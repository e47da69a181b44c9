import type { Connector } from './connector.ts'
import { instagram } from './instagram/index.ts'
import { tiktok } from './tiktok/index.ts'
import { youtube } from './youtube/index.ts'

/** Every platform, by its id. */
export const connectors: Readonly<Record<string, Connector>> = {
  instagram,
  tiktok,
  youtube
}

export { type HostMap, mapUrl } from './addresses.ts'
export type * from './connector.ts'
export { defineConnector } from './connector.ts'
export type { Fence } from './exchange.ts'
export { houseRule, Lost, Refused, retryAfter, secondsToMidnight, wallClock } from './failures.ts'
export { pathOf, readIssues, unknownName } from './faults.ts'
export { chunkEnd, type Exchange, type HttpSetup, multipart, openHttp, plain, related } from './http.ts'
export { readJson } from './json.ts'
export { checkMedia, type MediaFacts } from './media.ts'
export { type Network, openNetwork } from './network.ts'
export { makePkce, nobody, type OAuthClient, type OAuthSetup, oauthFailure, openOAuth } from './oauth.ts'
