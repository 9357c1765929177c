/** The row tests as tests of vitest, each on a server of its own in this process. */
import { describe, expect, it } from 'vitest'
import { defineWith, type Held } from './registry.ts'
import { SITES } from './site-stage.ts'
import { playIn } from './stage.ts'

const passed: Held[] = []

const nameOf = ({ rows, title }: Held): string => `${rows.join(', ')}: ${title}`

/** Has to be called before rows are defined. */
export function defineInVitest(): void {
  playIn(SITES)
  defineWith({
    holds: (definition) =>
      it(nameOf(definition), async () => {
        expect.hasAssertions()
        await definition.test()
        passed.push(definition)
      }),
    misses: (definition) => it.fails(`${nameOf(definition)} (missing)`, definition.test),
    section: describe,
  })
}

/** The tests that have run and passed, each with assertions. */
export const heldRows = (): readonly Held[] => passed
