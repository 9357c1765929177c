/** What the journal says of replaced guards: functions have no identity, so the embedder gives the set of them a name. */

export interface RulesNote {
  /** With a version in it, if it has several: `acme-2`. */
  readonly name: string
  /** What it replaces, sorted: `media.acceptsInterrupt`. */
  readonly guards: readonly string[]
}

/** The same set of rules; `undefined`: those of the charts. */
export const isSameNote = (a: RulesNote | undefined, b: RulesNote | undefined): boolean =>
  a?.name === b?.name && a?.guards.join() === b?.guards.join()
