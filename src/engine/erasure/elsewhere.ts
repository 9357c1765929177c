/** Personal data that are kept outside of the store, and are erased together with it. */

/** Which data have to be erased. Data to which one of these applies. */
export interface ErasedElsewhere {
  /**
   * Data that came at this time or later (ms since 1970 UTC): the values of a customer may stand in them. `undefined`:
   * no customer's data are erased.
   */
  readonly since: number | undefined
  /** Data that came before this time (ms since 1970 UTC): their retention is over. `undefined`: none. */
  readonly before: number | undefined
  /** Data of these users, who have left the directory and whose retention is over. */
  readonly users: ReadonlySet<string>
}

/** Erases data outside of the store, for example logs of desktops. It may be asked again for the same data. */
export type EraseElsewhere = (which: ErasedElsewhere) => Promise<void>
