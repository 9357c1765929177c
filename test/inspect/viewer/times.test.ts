/** Times on the viewer's pages: each shown time is unambiguous, also in a night in which clocks are set back. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { readTime } from '../../../src/times/index.ts'

const ZONE = 'Europe/Berlin'
const HOUR = 3_600_000
const SUMMER = Date.parse('2026-10-25T00:30:00.250Z')
const WINTER = SUMMER + HOUR
const NOON = Date.parse('2026-10-24T10:00:00.000Z')
const ALL = [NOON, SUMMER, WINTER, WINTER + HOUR]

let format: typeof import('../../../src/inspect/viewer/page/look/format.ts')
beforeAll(async () => {
  const { locale, calendar, numberingSystem } = new Intl.DateTimeFormat().resolvedOptions()
  const resolved = { locale, calendar, numberingSystem, timeZone: ZONE }
  // The page asks once for the zone of its browser.
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue(resolved)
  format = await import('../../../src/inspect/viewer/page/look/format.ts')
})
afterAll(() => vi.restoreAllMocks())

const read = (text: string, now: number) => readTime(text, { now, zone: ZONE })

it('a date and a clock time', () => {
  const { dateAndClock } = format
  expect(ALL.map((at) => read(dateAndClock(at), WINTER + 9 * HOUR))).toEqual(ALL)
  expect(dateAndClock(SUMMER)).toBe('2026-10-25 02:30:00.250+02:00')
  expect(dateAndClock(NOON)).toBe('2026-10-24 12:00:00.000')
})

it('a clock time without its date', () => {
  const { clock } = format
  expect(ALL.map((at) => read(clock(at), at))).toEqual(ALL)
  expect([clock(SUMMER), clock(WINTER)]).toEqual(['02:30:00.250+02:00', '02:30:00.250+01:00'])
})

it('times beside another time, also in a sentence, have their date if it is a different one', () => {
  const { clockBeside, sentence } = format
  for (const beside of ALL)
    expect(
      ALL.map((at) => read(clockBeside(beside)(at), beside)),
      `beside ${new Date(beside).toISOString()}`,
    ).toEqual(ALL)
  const text = `it began at ${new Date(NOON).toISOString()} and ends at ${new Date(WINTER).toISOString()}`
  expect(sentence(text, clockBeside(SUMMER))).toBe('it began at 2026-10-24 12:00:00.000 and ends at 02:30:00.250+01:00')
})
