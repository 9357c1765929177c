/**
 * The simulation agrees with closed forms of queueing theory. `closed-forms.ts` has longer runs of the same.
 *
 * Slow, 7 s: every second form is simulated ten times. `npm run test:whole` takes all of them.
 */
import { expect, it } from 'vitest'
import { some } from '../suite/extent.ts'
import { cutWait, responseTime, waitOf } from './formulas.ts'
import { estimateOf, KNOWN } from './queues.ts'

it('has the formulas right', () => {
  // Erlang C for three agents and two Erlangs is 4/9; a repairman with one machine only repairs.
  expect(waitOf(40, 20, 3)).toBeCloseTo(4 / 9 / 20, 10)
  // Without a limit it is M/M/1; with a very short one everybody waits for it who finds somebody at work.
  expect(cutWait(10, 20, 5)).toBeCloseTo(waitOf(10, 20, 1), 6)
  expect(cutWait(10, 20, 1e-6) / 1e-6).toBeCloseTo(1 / 3, 4)
  expect(responseTime(1, 1 / 60, 120)).toBeCloseTo(1 / 120, 10)
})

it.each(some(KNOWN, 4))('$name', async (known) => {
  const { low = Number.NaN, high = Number.NaN, mean } = await estimateOf(known)
  expect(known.answer).toBeGreaterThan(low)
  expect(known.answer).toBeLessThan(high)
  // The interval is worth something.
  expect(high - low).toBeLessThan(mean)
})
