/** The clock of a server on a machine whose wall clock is set or adjusted gradually, and which is suspended. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClockChange, systemClock } from '../../src/clock/system-clock.ts'
import { BEGIN, Machine } from './machine.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A clock on a machine, with the changes that it reported and the timers that fired. */
function started() {
  const machine = new Machine()
  const clock = systemClock(machine)
  const changes: ClockChange[] = []
  clock.onChange((change) => changes.push(change))
  const rang: string[] = []
  // One timer is always pending, as in a server.
  const cancelLast = clock.at(clock.now() + 1000 * DAY, () => undefined)
  /** Sets a timer, which adds its name and the seconds since the start to `rang` when it fires. */
  const ring = (name: string, ms: number) =>
    clock.at(clock.now() + ms, () => rang.push(`${name} ${(machine.monotonic() - begin) / SECOND}`))
  const begin = machine.monotonic()
  return { machine, clock, changes, rang, ring, cancelLast }
}

describe('a wall clock that is set', () => {
  it.each([
    ['an hour back', -HOUR],
    ['an hour forward', HOUR],
    ['400 days forward', 400 * DAY],
  ])('%s moves no timer by more than a thousandth, and is reported', (_, by) => {
    const { machine, clock, changes, rang, ring } = started()
    ring('start timeout', 30 * SECOND)
    machine.pass(10 * SECOND)
    machine.setWall(by)
    machine.pass(19.9 * SECOND)
    expect(rang).toEqual([])
    machine.pass(SECOND)
    expect(rang).toEqual([expect.stringMatching(/^start timeout (29\.9[89]\d*|30(\.0[0-3]\d*)?)$/)])
    expect(changes).toEqual([{ type: 'set', by }])
    expect(clock.figures).toMatchObject({ steps: 1, suspended: 0 })
  })

  it('400 days forward and back has no lasting effect', () => {
    const { machine, clock, changes } = started()
    machine.setWall(400 * DAY)
    machine.pass(10 * MINUTE)
    // 600 ms are a thousandth of the ten minutes.
    expect(clock.now() - BEGIN - 10 * MINUTE).toBeGreaterThanOrEqual(0)
    expect(clock.now() - BEGIN - 10 * MINUTE).toBeLessThanOrEqual(600)
    machine.setWall(-400 * DAY)
    machine.pass(HOUR)
    expect(Math.abs(clock.now() - machine.wall())).toBeLessThanOrEqual(1)
    expect(changes).toEqual([
      { type: 'set', by: 400 * DAY },
      { type: 'set', by: -400 * DAY },
    ])
    expect(Math.abs(clock.figures.offset)).toBeLessThanOrEqual(1)
  })

  it('ten seconds back by a time service: the clock follows within hours and never goes back', () => {
    const { machine, clock } = started()
    machine.setWall(-10 * SECOND)
    let last = clock.now()
    for (let minute = 0; minute < 6 * 60; minute += 1) {
      machine.pass(MINUTE)
      const now = clock.now()
      expect(now - last).toBeGreaterThanOrEqual(MINUTE - 61)
      last = now
    }
    expect(Math.abs(clock.now() - machine.wall())).toBeLessThanOrEqual(1)
  })

  it('is not overcorrected when the time is not read for long', () => {
    const { machine, clock, cancelLast } = started()
    cancelLast()
    machine.setWall(5)
    machine.pass(SECOND)
    clock.now()
    machine.pass(DAY)
    expect(Math.abs(clock.now() - machine.wall())).toBeLessThanOrEqual(1)
  })

  it('is not reported when it is only adjusted gradually', () => {
    const { machine, clock, changes } = started()
    // 500 ppm, the fastest gradual adjustment of an operating system.
    for (let second = 0; second < 1000; second += 1) {
      machine.setWall(0.5)
      machine.pass(SECOND)
    }
    expect(changes).toEqual([])
    expect(Math.abs(clock.now() - machine.wall())).toBeLessThan(20)
  })
})

describe('a machine that is suspended', () => {
  it('has time that went on: timers that fell due meanwhile fire when it wakes', () => {
    const { machine, clock, changes, rang, ring } = started()
    ring('grace', MINUTE)
    ring('long', 2 * HOUR)
    machine.pass(10 * SECOND)
    machine.suspend(HOUR)
    machine.pass(SECOND)
    expect(rang).toEqual(['grace 11'])
    expect(clock.now()).toBe(machine.wall())
    expect(changes).toEqual([{ type: 'suspended', by: HOUR }])
    expect(clock.figures).toMatchObject({ steps: 0, suspended: HOUR, offset: 0 })
    machine.pass(HOUR - 11 * SECOND - 1)
    expect(rang).toHaveLength(1)
    machine.pass(1)
    expect(rang).toEqual(['grace 11', 'long 3600'])
  })

  it('and whose wall clock is set afterwards: both are reported, and only the suspension changes the time', () => {
    const { machine, clock, changes } = started()
    machine.pass(10 * SECOND)
    machine.suspend(MINUTE)
    machine.setWall(-HOUR)
    machine.pass(SECOND)
    expect(clock.now()).toBe(BEGIN + MINUTE + 11 * SECOND)
    expect(changes).toEqual([
      { type: 'suspended', by: MINUTE },
      { type: 'set', by: -HOUR },
    ])
  })
})

describe('timers', () => {
  it('fire in the order of their times, not too early, and not after they were cancelled', () => {
    const { machine, rang, ring } = started()
    ring('b', 20 * SECOND)
    ring('a', 5 * SECOND)
    const cancel = ring('c', 6 * SECOND)
    machine.pass(5 * SECOND)
    cancel()
    machine.pass(30 * SECOND)
    expect(rang).toEqual(['a 5', 'b 20'])
  })

  it('leave no timeout that keeps the process alive after they were cancelled', () => {
    const { machine, ring, cancelLast } = started()
    const cancel = [cancelLast, ring('a', SECOND), ring('b', DAY)]
    expect(machine.timeouts).toBe(1)
    for (const each of cancel) each()
    expect(machine.timeouts).toBe(0)
  })

  it('one that throws does not keep another from firing; one that sets itself again does not block', () => {
    const { machine, clock, rang, ring } = started()
    clock.at(clock.now() + SECOND, () => {
      throw new Error('a bug')
    })
    ring('other', SECOND)
    let again = 0
    const repeat = () => {
      again += 1
      clock.at(clock.now(), repeat)
    }
    clock.at(clock.now() + 2 * SECOND, repeat)
    expect(() => machine.pass(SECOND)).toThrow('a bug')
    machine.pass(SECOND)
    expect(rang).toHaveLength(1)
    machine.pass(5)
    expect(again).toBeGreaterThan(1)
    expect(again).toBeLessThan(10)
  })
})

it('time never goes back, and differs from real time by at most a thousandth, whatever happens to the clocks', () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant('set'), ms: fc.integer({ min: -1000 * DAY, max: 1000 * DAY }) }),
    fc.record({ type: fc.constant('suspend'), ms: fc.integer({ min: 2000, max: DAY }) }),
    fc.record({ type: fc.constant('pass'), ms: fc.integer({ min: 0, max: 2 * MINUTE }) }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const { machine, clock } = started()
      let passed = 0
      let last = clock.now()
      for (const { type, ms } of events) {
        if (type === 'set') machine.setWall(ms)
        if (type === 'suspend') machine.suspend(ms)
        // The clock notices the change when it next looks, which is within a second.
        const awake = type === 'pass' ? ms : SECOND
        machine.pass(awake)
        passed += awake + (type === 'suspend' ? ms : 0)
        const now = clock.now()
        expect(now).toBeGreaterThanOrEqual(last)
        expect(Math.abs(now - BEGIN - passed)).toBeLessThanOrEqual(2 + passed / 1000)
        last = now
      }
    }),
    { seed: 7, numRuns: 200 },
  )
})
