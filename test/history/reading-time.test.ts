/** Long readings let other work run, and a short one does not wait for the end of a long one. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { isReading, timeToRead } from '../../src/waiting/reading-time.ts'

afterEach(() => vi.restoreAllMocks())

/** A clock on which each look takes this time, in ms. */
function lookTakes(each: number): void {
  let ms = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    ms += each
    return ms
  })
}

async function read(steps: number, note: () => void = () => undefined): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await timeToRead()
    note()
  }
}

it('a reading goes on in a later turn when its slice is over', async () => {
  lookTakes(3)
  let [turn, isOver] = [0, false]
  const turnsOf: number[] = []
  const reading = read(30, () => turnsOf.push(turn)).then(() => {
    isOver = true
  })
  expect(isReading()).toBe(true)
  for (; !isOver; turn += 1) await nextTurn()
  await reading
  expect(new Set(turnsOf).size).toBeGreaterThan(2)
  await nextTurn()
  expect(isReading()).toBe(false)
})

it('readings take turns, so that a short one ends before a long one', async () => {
  lookTakes(5)
  const ended: string[] = []
  const long = read(200).then(() => ended.push('long'))
  const short = read(10).then(() => ended.push('short'))
  await Promise.all([long, short])
  expect(ended).toEqual(['short', 'long'])
})
