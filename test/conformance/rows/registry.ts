/** Which tests check which rows of the contract. All row tests run in one file, so that the last tests can use this. */
import { expect, it } from 'vitest'

/** Row ids are those of `media 12` and the rulings, for example `A13`, `I7`, `RV2`. */
export type RowId = string

export interface Held {
  readonly rows: readonly RowId[]
  readonly title: string
}

const listed: Held[] = []
const passed: Held[] = []

/** Defines a test of these rows. It sends REST requests and reads the results from XMPP and GET. */
export function holds(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  listed.push({ rows, title })
  it(`${rows.join(', ')}: ${title}`, async () => {
    expect.hasAssertions()
    await test()
    passed.push({ rows, title })
  })
}

/** All tests, also those that did not run. */
export const listedRows = (): readonly Held[] => listed

const missing: Held[] = []

/**
 * Defines a test of behaviour that the contract requires and the product does not have yet. It passes while the
 * behaviour is missing, and fails when `holds` can take its place. The table of rows lists it as missing.
 */
export function misses(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  missing.push({ rows, title })
  it.fails(`${rows.join(', ')}: ${title} (missing)`, test)
}

/** The tests of missing behaviour. */
export const missedRows = (): readonly Held[] => missing

/** The tests that have run and passed, each with assertions. */
export const heldRows = (): readonly Held[] => passed
