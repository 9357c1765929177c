/** Which tests hold which rows of the contract. All row tests run in one file, so that the last test can look back. */
import { expect, it } from 'vitest'

/** Row ids are those of `media.md` 12 and the rulings, for example `A13`, `I7`, `RV2`. */
export type RowId = string

export interface Held {
  readonly rows: readonly RowId[]
  readonly title: string
}

const passed: Held[] = []

/** A test that holds these rows: it drives them through REST and reads the result from XMPP and GET. */
export function holds(rows: readonly RowId[], title: string, test: () => Promise<void>): void {
  it(`${rows.join(', ')}: ${title}`, async () => {
    expect.hasAssertions()
    await test()
    passed.push({ rows, title })
  })
}

/** Tests that ran, asserted and passed so far. */
export const heldRows = (): readonly Held[] => passed
