/** Time that runs faster than that of the machine. */
import { expect, it } from 'vitest'
import { fasterTime } from '../../src/clock/faster-time.ts'
import { systemClock } from '../../src/clock/system-clock.ts'
import { BEGIN, Machine } from './machine.ts'

const MINUTE = 60_000

it('begins with the time of the machine, fires timers so much earlier, and reports no change of a clock', () => {
  const machine = new Machine()
  const clock = systemClock(fasterTime(10, machine))
  const changes: unknown[] = []
  clock.onChange((change) => changes.push(change))
  expect(clock.now()).toBe(BEGIN)
  let rang = 0
  clock.at(BEGIN + 10 * MINUTE, () => {
    rang = machine.monotonic()
  })
  machine.setWall(60 * MINUTE)
  machine.pass(2 * MINUTE)
  expect({ rang, now: clock.now(), changes }).toEqual({ rang: MINUTE, now: BEGIN + 20 * MINUTE, changes: [] })
})
