/**
 * Which tests check which rows of the contract. vitest runs the tests against a server in its own process
 * (`rows.test.ts`), and `any-server/main.ts` runs them against a server that is named. Neither is known here.
 */

/** Row ids are those of `media 12` and the rulings, for example `A13`, `I7`, `RV2`. */
export type RowId = string

export interface Held {
  readonly rows: readonly RowId[]
  readonly title: string
}

/** A test of these rows. */
export interface Definition extends Held {
  readonly test: () => Promise<void>
}

/** Gets the definitions as they are made. */
export interface Definer {
  holds(definition: Definition): void
  /** Behaviour that is missing: the test fails. */
  misses(definition: Definition): void
  section(title: string, body: () => void): void
}

interface Collection {
  readonly listed: Definition[]
  readonly missing: Definition[]
  readonly definer: Definer | undefined
}

const empty = (definer?: Definer): Collection => ({ listed: [], missing: [], definer })

let current = empty()

/** Begins anew: from now on this definer gets the definitions. */
export function defineWith(definer: Definer): void {
  current = empty(definer)
}

/** The tests that `define` defines. No definer gets them. */
export function collected(define: () => void): readonly Definition[] {
  const before = current
  current = empty()
  try {
    define()
    return current.listed
  } finally {
    current = before
  }
}

/** Defines a test of these rows. It sends REST requests and reads the results from XMPP and GET. */
export function holds(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  const definition = { rows, title, test }
  current.listed.push(definition)
  current.definer?.holds(definition)
}

/**
 * Defines a test of behaviour that the contract requires and the product does not have yet. It passes while the
 * behaviour is missing, and fails when `holds` can take its place. The table of rows lists it as missing.
 */
export function misses(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  const definition = { rows, title, test }
  current.missing.push(definition)
  current.definer?.misses(definition)
}

/** Groups definitions under a title. */
export function section(title: string, body: () => void): void {
  if (current.definer) current.definer.section(title, body)
  else body()
}

/** All tests, also those that did not run. */
export const listedRows = (): readonly Definition[] => current.listed

/** The tests of missing behaviour. */
export const missedRows = (): readonly Definition[] => current.missing
