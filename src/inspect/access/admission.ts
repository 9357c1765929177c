/** The answer to a sign-in of a page below `/inspect`. Only types, because pages are built from it too. */

/** The answer to a successful sign-in. The sign-in itself is in a cookie, which this server sets. */
export interface Admission {
  /** For `?ticket=` of one stream, within `ticketMs`. */
  readonly ticket: string
  readonly ticketMs: number
  /** The sign-in ends if it is not used for so long. */
  readonly idleMs: number
}
