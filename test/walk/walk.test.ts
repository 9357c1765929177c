/**
 * A bounded part of the walk; `npm run walk` does the whole.
 *
 * Slow, 30 s: 400 states of each configuration, and every input in each of them.
 */
import { describe, expect, it } from 'vitest'
import { CONFIGURATIONS } from './configuration.ts'
import { ROWS } from './model.ts'
import { report, walk } from './walk.ts'

/** So many states of each configuration, breadth-first: the same ones on every machine. */
const STATES = 400

describe('every input in every state of one agent: product and model agree, invariants hold', () => {
  it.each(Object.values(CONFIGURATIONS))(
    'configuration $name',
    (configuration) => {
      const { states, transitions, restored, differences } = walk(configuration, { maxStates: STATES })
      process.stdout.write(`walk ${configuration.name}: ${states} states, ${transitions} transitions\n`)
      expect(differences.map(report).join('\n\n')).toBe('')
      expect(states).toBeGreaterThanOrEqual(STATES)
      // Every new state but the first: what was restored there goes on like what was not.
      expect(restored).toBe(states - 1)
    },
    240_000,
  )
})

describe('the walk notices a wrong model', () => {
  const wrong = {
    'PAUSE leads to wrap-up (D6)': { ...ROWS, ACTIVE: { ...ROWS.ACTIVE, PAUSE: 'WRAPPING_UP' } },
    'an OFFERED dialog may be closed (ruling 14)': { ...ROWS, OFFERED: { ...ROWS.OFFERED, CLOSE: 'CLOSED' } },
    'an ACCEPTED dialog may not be started (D5)': { ...ROWS, ACCEPTED: { CLOSE: 'CLOSED', TRANSFER: 'CLOSED' } },
  } as const

  it.each(Object.entries(wrong))(
    '%s',
    (_, rows) => {
      const { differences } = walk(CONFIGURATIONS.a, { maxStates: 300, rows })
      expect(differences.length).toBeGreaterThan(0)
      expect(report(differences[0] ?? { path: [], what: [], times: 0 })).toMatch(
        /only the (product|model) says: (task|-task|error task) 5001#/,
      )
    },
    240_000,
  )
})
