/** Times on the command line. */
import { describe, expect, it } from 'vitest'
import { timeOf } from '../../src/cli/time-option.ts'

const NOW = new Date(2026, 2, 1, 17, 45, 12)
const local = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime()

describe('a time on the command line', () => {
  it.each([
    ['08:30', local(2026, 2, 1, 8, 30)],
    ['8:30', local(2026, 2, 1, 8, 30)],
    ['08:30:15', local(2026, 2, 1, 8, 30, 15)],
    ['23:59', local(2026, 2, 1, 23, 59)],
    ['2026-02-28', local(2026, 1, 28)],
    ['2026-02-28T08:30', local(2026, 1, 28, 8, 30)],
    ['2026-02-28 08:30:15', local(2026, 1, 28, 8, 30, 15)],
    ['2026-02-28T08:30:15.25', local(2026, 1, 28, 8, 30, 15, 250)],
    ['2026-02-28T08:30:15Z', Date.UTC(2026, 1, 28, 8, 30, 15)],
    ['2026-02-28T08:30:15.123+02:00', Date.UTC(2026, 1, 28, 6, 30, 15, 123)],
    [' 1767600000000 ', 1_767_600_000_000],
    ['0', 0],
  ])('%s', (text, expected) => {
    expect(timeOf(text, NOW)).toBe(expected)
  })

  it.each(['', 'now', '25:00', '08:60', '2026-02-30', '2026-13-01', '2026-02-28T25:00', '99999999999999999999', '-1'])(
    'refuses %j',
    (text) => {
      expect(() => timeOf(text, NOW)).toThrow(RangeError)
    },
  )
})
