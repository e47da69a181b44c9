import { type Fault, type ProblemCode, problems } from '@upload24/contract'

/** The caller's fault, thrown by routes and services; `errors.ts` makes it `application/problem+json`. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly errors: readonly Fault[] | undefined
  /** Members beside the standard ones, such as `limit` and `resetsAt` of `quota_exceeded`. */
  readonly more: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, about: About = {}) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.status = problems[code][0]
    this.errors = about.errors
    this.more = about.more ?? {}
    this.headers = about.headers ?? {}
  }
}

export interface About {
  readonly errors?: readonly Fault[]
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

export const problem = (code: ProblemCode, detail: string, about?: About): Problem => new Problem(code, detail, about)
