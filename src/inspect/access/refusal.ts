/** Refusals of requests below `/inspect`: JSON, as for `/acd`. */

export const REFUSALS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MALFORMED_REQUEST: 400,
  MISSING_PARAMETER: 400,
  UNKNOWN_PARAMETER: 400,
  INVALID_PARAMETER: 400,
  /** The path is a WebSocket, but the request was no upgrade. */
  UPGRADE_NEEDED: 426,
  /** No engine runs; only the past can be shown. */
  NO_LIVE_STREAM: 501,
  NO_HISTORY: 501,
  /** The engine refused what a supervisor asked for. */
  REFUSED: 409,
  NOT_KEPT: 404,
  UNAVAILABLE: 503,
  INTERNAL_ERROR: 500,
} as const

export type RefusalCode = keyof typeof REFUSALS

/** A refused request. `about` names the parameter, header or account; `message` is a sentence for people. */
export class AccessRefusal extends Error {
  override readonly name = 'AccessRefusal'
  readonly code: RefusalCode
  readonly about: string

  constructor(code: RefusalCode, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }

  /** HTTP status. */
  get status(): number {
    return REFUSALS[this.code]
  }

  get body(): { readonly error: RefusalCode; readonly message: string; readonly about: string } {
    return { error: this.code, message: this.message, about: this.about }
  }
}
