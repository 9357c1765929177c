/** Which tests hold which rows of the contract. All row tests run in one file, so that the last test can look back. */
import { expect, it } from 'vitest'

/** Row ids are those of `media 12` and the rulings, for example `A13`, `I7`, `RV2`. */
export type RowId = string

export interface Held {
  readonly rows: readonly RowId[]
  readonly title: string
}

const listed: Held[] = []
const passed: Held[] = []

/** A test that holds these rows: it drives them through REST and reads the result from XMPP and GET. */
export function holds(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  listed.push({ rows, title })
  it(`${rows.join(', ')}: ${title}`, async () => {
    expect.hasAssertions()
    await test()
    passed.push({ rows, title })
  })
}

/** Tests that there are, whether they ran or not. */
export const listedRows = (): readonly Held[] => listed

const missing: Held[] = []

/**
 * A test of what the contract asks for and the product does not do yet: green while that is so, red as soon as it is
 * mended and `holds` can take its place. The table of rows says so.
 */
export function misses(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  missing.push({ rows, title })
  it.fails(`${rows.join(', ')}: ${title} (missing)`, test)
}

/** What is known to be missing. */
export const missedRows = (): readonly Held[] => missing

/** Tests that ran, asserted and passed so far. */
export const heldRows = (): readonly Held[] => passed
