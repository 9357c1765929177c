/**
 * The same scenario and seed give the same result, and the figures of a busy scenario agree.
 *
 * Slow, 15 s: whole scenarios are simulated several times. More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import { simulate } from '../../src/simulate/index.ts'
import { isWhole } from '../suite/extent.ts'
import { BUSY, scenario } from './scenarios.ts'
import { wrongSums } from './sums.ts'

it('the same seed gives the same result byte for byte, and another seed a different one', async () => {
  const busy = await scenario(BUSY)
  const [first, again, other] = [await simulate(busy), await simulate(busy), await simulate(busy, { seed: 2 })]
  expect(again.journalHash).toBe(first.journalHash)
  expect(JSON.stringify(again)).toBe(JSON.stringify(first))
  expect(other.journalHash).not.toBe(first.journalHash)
  expect(first.journalHash).toMatch(/^[0-9a-f]{64}$/)
})

it.runIf(isWhole)('gives figures that agree, for several seeds', async () => {
  const busy = await scenario(BUSY)
  for (const seed of [3, 4, 5]) {
    const result = await simulate(busy, { seed })
    expect(wrongSums(result)).toEqual([])
    expect(result.counts.failedInputs).toBe(0)
    const { endings, interruptions } = result.work.find(({ mrd }) => mrd === '5001') ?? {}
    expect(interruptions).toBeGreaterThan(0)
    expect(endings?.handled).toBeGreaterThan(10)
  }
})

it('an additional arrival does not change the other contacts', async () => {
  const busy = await scenario(BUSY)
  const more = await scenario(
    `${BUSY.replace('arrivals:\n', 'arrivals:\n  - { selector: social_support, at: [39m] }\n')}`,
  )
  const [without, with_] = [await simulate(busy), await simulate(more)]
  expect(with_.counts.contacts).toBe(without.counts.contacts + 1)
  const before = (result: typeof without) =>
    result.queues.map(({ mrd, arrived, handled }) => [mrd, arrived, handled]).filter(([mrd]) => mrd !== '5003')
  expect(before(with_)).toEqual(before(without))
})
