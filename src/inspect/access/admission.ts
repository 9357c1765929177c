/** What pages below `/inspect` get when somebody signs in. Types only: pages are built from it as well. */

/** What somebody who signed in gets. */
export interface Admission {
  /** For `?ticket=` of one stream, within `ticketMs`: browsers give a WebSocket no headers. */
  readonly ticket: string
  readonly ticketMs: number
  /** For `Authorization: Bearer` of later requests, within `sessionMs` after its last use. */
  readonly session: string
  readonly sessionMs: number
}
