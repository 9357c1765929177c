/** The row tests as tests of vitest, each on a server of its own in this process. */
import { describe, expect, it } from 'vitest'
import { defineWith, type Held } from './registry.ts'
import { SITES } from './site-stage.ts'
import { playIn } from './stage.ts'

const nameOf = ({ rows, title }: Held): string => `${rows.join(', ')}: ${title}`

/**
 * Has to be called before rows are defined. Returns the tests that have run and passed since, each with assertions.
 * Files share a process, so each has its own list.
 */
export function defineInVitest(): readonly Held[] {
  const passed: Held[] = []
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
  return passed
}
