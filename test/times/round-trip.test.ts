/** Every printed time is read back as the same moment, and printed times sort: in every zone, on every night. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactText, instant, readTime, textWithTimes, timeText, withOffsetOf } from '../../src/times/index.ts'
import { offsetAt } from '../../src/times/zone.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Africa/Casablanca',
  'Antarctica/Troll',
  '-03:30',
]
const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** Moments at which clocks are changed, from 2008 to 2030. No zone changes them twice in a week. */
function shiftsIn(zone: string): readonly number[] {
  const found: number[] = []
  const end = Date.UTC(2031, 0)
  for (let time = Date.UTC(2008, 0); time < end; time += WEEK) {
    if (offsetAt(time, zone) === offsetAt(time + WEEK, zone)) continue
    let [from, to] = [time, time + WEEK]
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2)
      if (offsetAt(middle, zone) === offsetAt(time, zone)) from = middle
      else to = middle
    }
    found.push(to)
  }
  return found
}

const shifts = new Map(ZONES.map((zone) => [zone, shiftsIn(zone)]))
const shiftsOf = (zone: string) => shifts.get(zone) ?? []

/** Any moment, and more often one near a shift. */
function moments(zone: string): fc.Arbitrary<number> {
  const any = fc.integer({ min: Date.UTC(2008, 0), max: Date.UTC(2031, 0) })
  const known = shiftsOf(zone)
  if (known.length === 0) return any
  const near = fc
    .tuple(fc.constantFrom(...known), fc.integer({ min: -3 * HOUR, max: 3 * HOUR }))
    .map(([shift, more]) => shift + more)
  return fc.oneof(any, near, fc.constantFrom(...known), fc.constantFrom(...known.map((shift) => shift - 1)))
}

describe.each(ZONES)('%s', (zone) => {
  const read = (text: string, now: number) => readTime(text, { now, zone })

  it('a single time is read as the same moment', () => {
    fc.assert(
      fc.property(moments(zone), fc.integer({ min: 0, max: 3 * DAY }), (time, later) => {
        for (const text of [timeText(time, zone), exactText(time, zone), instant(time), String(time)])
          expect(read(text, time + later), text).toBe(time)
      }),
      { numRuns: 300 },
    )
  })

  it('times of one text are read as the same moments, and they sort', () => {
    const listed = fc.tuple(moments(zone), fc.array(fc.integer({ min: 0, max: 5 * HOUR }), { maxLength: 8 }))
    fc.assert(
      fc.property(listed, fc.constantFrom('always', undefined), ([start, steps], day) => {
        const times = [...steps, 0].map((step) => start + step).sort((a, b) => a - b)
        const now = times.at(-1) ?? start
        const lines = textWithTimes(now, { zone, now }, (tell) => times.map((time) => tell(time, day)).join('\n'))
        const texts = lines.split('\n')
        expect(
          texts.map((text) => read(text, now)),
          lines,
        ).toEqual(times)
        const dated = textWithTimes(now, { zone }, (tell) => times.map((time) => tell(time).padEnd(40)).join('\n'))
        expect(dated.split('\n').toSorted().join('\n')).toBe(dated)
      }),
      { numRuns: 300 },
    )
  })

  it('a time with the offset of another moment is read as the same moment', () => {
    fc.assert(
      fc.property(moments(zone), moments(zone), (time, moment) => {
        const tell = withOffsetOf(moment, { zone, now: moment })
        expect(read(tell(time), moment)).toBe(time)
        expect(read(tell(time, 'always'), moment)).toBe(time)
      }),
      { numRuns: 200 },
    )
  })

  it('every local time has one reading, or an error that names two', () => {
    fc.assert(
      fc.property(moments(zone), fc.integer({ min: -2 * HOUR, max: 2 * HOUR }), (time, more) => {
        const text = new Date(time + offsetAt(time, zone) + more).toISOString().slice(0, -1)
        const outcome = (() => {
          try {
            return read(text, time)
          } catch (error) {
            return String(error)
          }
        })()
        if (typeof outcome === 'number') {
          expect(new Date(outcome + offsetAt(outcome, zone)).toISOString()).toBe(`${text}Z`)
          return
        }
        const readings = outcome.split(': give ')[1]?.split(' or ') ?? []
        const [first = 0, second = 0] = readings.map((each) => read(each, time))
        expect(readings).toHaveLength(2)
        expect(second).toBeGreaterThan(first)
        const shown = Date.parse(`${text}Z`)
        const isTwice = first + offsetAt(first, zone) === shown && second + offsetAt(second, zone) === shown
        expect(outcome).toContain(isTwice ? 'comes twice' : 'does not exist')
      }),
      { numRuns: 300 },
    )
  })
})

it('the zones have many clock changes', () => {
  const count = (zone: string) => shiftsOf(zone).length
  for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'])
    expect(count(zone)).toBeGreaterThan(40)
  for (const zone of ['America/Sao_Paulo', 'Pacific/Apia']) expect(count(zone)).toBeGreaterThan(10)
  expect([count('UTC'), count('-03:30')]).toEqual([0, 0])
})
