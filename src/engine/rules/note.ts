/**
 * The note about replaced guards in the journal. Functions cannot be stored or compared, so the embedder gives the set
 * a name.
 */

export interface RulesNote {
  /** Contains a version if the set has several: `acme-2`. */
  readonly name: string
  /** Names of the replaced guards, sorted: `media.acceptsInterrupt`. */
  readonly guards: readonly string[]
}

/** Is it the same set of rules? `undefined` means the guards of the charts. */
export const isSameNote = (a: RulesNote | undefined, b: RulesNote | undefined): boolean =>
  a?.name === b?.name && a?.guards.join() === b?.guards.join()
