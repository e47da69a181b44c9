/** Why a link does not go on: what the browser is told, and with which status. */
export const STOPS = {
  unknown: [404, 'This link does not exist', 'It may be cut short. Start linking again from your workspace.'],
  used: [410, 'This link has been used', 'A link works once. Start linking again from your workspace.'],
  expired: [410, 'This link has expired', 'A link lives for ten minutes. Start linking again from your workspace.'],
  other_browser: [
    403,
    'This link belongs to another browser',
    'It was opened elsewhere before, or this browser keeps no cookies. Start linking again, and open the new link here.'
  ],
  not_allowed: [
    403,
    'This link is not valid any more',
    'Whoever began it may not link accounts to the workspace now. Ask an owner of the workspace.'
  ],
  malformed: [400, 'This address is not complete', 'Start linking again from your workspace.']
} as const

export type Stop = keyof typeof STOPS

export class Stopped extends Error {
  readonly stop: Stop

  constructor(stop: Stop) {
    super(stop)
    this.name = 'Stopped'
    this.stop = stop
  }
}
