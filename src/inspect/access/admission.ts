/** The answer to a sign-in of a page below `/inspect`. Only types, because pages are built from it too. */

/** The answer to a successful sign-in. */
export interface Admission {
  /** For `?ticket=` of one stream, within `ticketMs`. Needed because browsers cannot send headers with a WebSocket. */
  readonly ticket: string
  readonly ticketMs: number
  /** For `Authorization: Bearer` of later requests, within `sessionMs` after its last use. */
  readonly session: string
  readonly sessionMs: number
}
