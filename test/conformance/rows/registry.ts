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

const listed: Definition[] = []
const missing: Definition[] = []
let definer: Definer | undefined

/** From now on this definer gets the definitions. Without one they are only listed. */
export function defineWith(by: Definer): void {
  definer = by
}

/** Defines a test of these rows. It sends REST requests and reads the results from XMPP and GET. */
export function holds(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  const definition = { rows, title, test }
  listed.push(definition)
  definer?.holds(definition)
}

/**
 * Defines a test of behaviour that the contract requires and the product does not have yet. It passes while the
 * behaviour is missing, and fails when `holds` can take its place. The table of rows lists it as missing.
 */
export function misses(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  const definition = { rows, title, test }
  missing.push(definition)
  definer?.misses(definition)
}

/** Groups definitions under a title. */
export function section(title: string, body: () => void): void {
  if (definer) definer.section(title, body)
  else body()
}

/** All tests, also those that did not run. */
export const listedRows = (): readonly Definition[] => listed

/** The tests of missing behaviour. */
export const missedRows = (): readonly Definition[] => missing
