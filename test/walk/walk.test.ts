/**
 * A part of the walk. `npm run walk` does the whole walk.
 *
 * Slow, 8 s: 80 states of each configuration, 200 in `npm run test:whole`, and every input in each of them.
 */
import { describe, expect, it } from 'vitest'
import { extent } from '../suite/extent.ts'
import { type Input, modelStep, type World } from './calls/model.ts'
import { tour } from './calls/tour.ts'
import { CONFIGURATIONS } from './configuration.ts'
import { ROWS } from './model.ts'
import { report, walk } from './walk.ts'

/** Number of states of each configuration. They are the same on every machine, because the walk is breadth-first. */
const STATES = extent(50, 200)

describe('every input in every state of one agent: product and model agree, invariants hold', () => {
  it.each(Object.values(CONFIGURATIONS))(
    'configuration $name',
    (configuration) => {
      const { states, transitions, restored, differences } = walk(configuration, { maxStates: STATES })
      process.stdout.write(`walk ${configuration.name}: ${states} states, ${transitions} transitions\n`)
      expect(differences.map(report).join('\n\n')).toBe('')
      expect(states).toBeGreaterThanOrEqual(STATES)
      // In every new state but the first, a restored tree was compared with the original.
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

describe('every input in every state of two agents with calls: product and model agree', () => {
  it('in the first thousand steps', async () => {
    const { transitions, differences } = await tour({ maxTransitions: 1000 })
    expect(differences.join('\n\n')).toBe('')
    expect(transitions).toBe(1000)
  }, 240_000)

  it('and the walk notices a model in which an agent may have two active calls (dialog 6.3)', async () => {
    const step = (before: World, input: Input): World => {
      const after = modelStep(before, input)
      for (const [index, { legs }] of after.calls.entries())
        for (const leg of legs)
          if (leg.state === 'HELD' && input.do === 'act' && input.action === 'ANSWER' && input.call !== index)
            leg.state = 'ACTIVE'
      return after
    }
    const { differences } = await tour({ maxTransitions: 400, step })
    expect(differences[0]).toMatch(/"action":"ANSWER".*\n {2}! is .*HELD.*\n {2}! should .*ACTIVE/)
  }, 240_000)
})
