import type { Fault } from '@upload24/contract'

/** Why an import made no upload: what its status tells. */
export interface ImportFailure {
  readonly code: string
  /** In the words of whoever asked for the import. */
  readonly message: string
  readonly errors?: readonly Fault[]
}

/** What ends a try to fetch. */
export class FetchFailed extends Error {
  readonly failure: ImportFailure
  /** Another try may work. */
  readonly isPassing: boolean
  /** Seconds that the other server asked for. */
  readonly after: number | undefined

  constructor(failure: ImportFailure, about: { isPassing?: boolean; after?: number; cause?: unknown } = {}) {
    super(failure.message, { cause: about.cause })
    this.name = 'FetchFailed'
    this.failure = failure
    this.isPassing = about.isPassing ?? false
    this.after = about.after
  }
}

export const final = (code: string, message: string): FetchFailed => new FetchFailed({ code, message })

export const passing = (code: string, message: string, cause?: unknown, after?: number): FetchFailed =>
  new FetchFailed({ code, message }, { isPassing: true, cause, ...(after !== undefined && { after }) })

/** The bytes that are there cannot be continued: the file is another one by now, or the server sends only whole ones. */
export class MustRestart extends Error {}
