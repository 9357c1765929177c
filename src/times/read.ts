/** Reads times as people type them, and as the product prints them. */
import { exactText } from './write.ts'
import { localZone, momentsOf, offsetAt, shiftOver, type Zone } from './zone.ts'

/** The forms that `readTime` takes, for help texts. */
export const TIME_HELP =
  '2026-03-01T08:30:00, 08:30 or 08:30:12.603 of today, with an offset such as +01:00 or Z if need be; now, 5m ago, or milliseconds since 1970'

/** Digits alone: milliseconds since 1970 UTC. */
const MILLISECONDS = /^\d+$/
/** The latest time of a `Date`. */
const LATEST = 8_640_000_000_000_000
const AGO = /^((?:\d{1,9}\s*(?:ms|s|min|m|h|d)\s*)+)ago$/i
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const DAY = String.raw`(?<day>(?:\d{4}|[+-]\d{6})-\d{2}-\d{2})`
const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,3}))?)?`
const OFFSET = String.raw`(?:\s?(?<utc>Z|UTC)|(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})(?::?(?<seconds>\d{2}))?)`
const DAY_AND_CLOCK = new RegExp(`^(?:${DAY}(?:[T ](?=\\d)|$))?(?:${CLOCK}${OFFSET}?)?$`, 'i')

/** The clock that a text refers to. `now`: milliseconds since 1970 UTC. */
export interface Writer {
  readonly now: number
  /** The zone of this machine when left out. */
  readonly zone?: Zone
}

/**
 * Reads a time in every form that people type or `write.ts` prints: a day (meaning its beginning), a day with a time, a
 * time of today, `now`, `5m ago`, or milliseconds since 1970 UTC. Times are local unless they contain an offset.
 *
 * @returns milliseconds since 1970 UTC.
 * @throws RangeError for any other text, and for a local time that does not exist or comes twice when clocks are
 * changed. The message then gives both possible times.
 */
export function readTime(text: string, { now, zone = localZone() }: Writer): number {
  const given = text.trim()
  const time = MILLISECONDS.test(given) ? Number(given) : (relative(given, now) ?? shown(given, now, zone))
  if (time === undefined || !(Math.abs(time) <= LATEST)) throw new RangeError(`"${text}" is no time: give ${TIME_HELP}`)
  return time
}

function relative(text: string, now: number): number | undefined {
  if (/^now$/i.test(text)) return now
  const [, spans] = AGO.exec(text) ?? []
  if (spans === undefined) return undefined
  const numbers = spans.match(/\d+/g) ?? []
  const units = spans.toLowerCase().match(/[a-z]+/g) ?? []
  return numbers.reduce((time, number, at) => time - Number(number) * (UNITS[units[at] ?? ''] ?? Number.NaN), now)
}

/** A day, a time of day, or both. */
function shown(text: string, now: number, zone: Zone): number | undefined {
  const groups = text === '' ? undefined : DAY_AND_CLOCK.exec(text)?.groups
  if (!groups) return undefined
  const offset = offsetOf(groups)
  const clock = clockOf(groups)
  const dayOfNow = now + (offset ?? offsetAt(now, zone))
  const day = groups.day === undefined ? dayOfNow - modulo(dayOfNow, UNITS.d ?? 1) : dayOf(groups.day)
  if (clock === undefined || day === undefined || Number.isNaN(offset)) return undefined
  if (offset !== undefined) return day + clock - offset
  return groups.hour === undefined ? beginningOf(day, text, zone) : theMoment(day + clock, text, zone)
}

const modulo = (number: number, by: number) => ((number % by) + by) % by

type Groups = Readonly<Record<string, string | undefined>>

/** Milliseconds since midnight; 0 when only a day is given. */
function clockOf({ hour = '0', minute = '0', second = '0', fraction = '' }: Groups): number | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0'))
}

/** Offset from UTC in ms; `NaN` for an invalid one, `undefined` when none is given. */
function offsetOf({ utc, sign, hours = '0', minutes = '0', seconds = '0' }: Groups): number | undefined {
  if (utc !== undefined) return 0
  if (sign === undefined) return undefined
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN
  return sign === '-' ? -size * 1000 : size * 1000
}

/** Midnight of the day as if it were UTC; `undefined` for an invalid day. `Date` would read 30 February as 2 March. */
function dayOf(text: string): number | undefined {
  const time = Date.parse(`${text}T00:00:00.000Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${text}T`) ? time : undefined
}

/** The moment at which the clock shows this time. Throws `RangeError` when there is none, or two. */
function theMoment(clock: number, text: string, zone: Zone): number {
  const [first, second] = momentsOf(clock, zone)
  if (first === undefined) throw new RangeError(leftOut(clock, text, zone))
  if (second === undefined) return first
  const readings = [first, second].map((time) => exactText(time, zone)).join(' or ')
  throw new RangeError(`"${text}" comes twice in ${zone}, where clocks are set back then: give ${readings}`)
}

/** The first moment of a day. It is later than midnight if clocks skip midnight, and the first of two midnights. */
function beginningOf(midnight: number, text: string, zone: Zone): number {
  const [first] = momentsOf(midnight, zone)
  if (first !== undefined) return first
  const { at, after } = shiftOver(midnight, zone)
  const isOfThatDay = at + after - midnight < (UNITS.d ?? 0)
  if (!isOfThatDay) throw new RangeError(leftOut(midnight, text, zone))
  return at
}

function leftOut(clock: number, text: string, zone: Zone): string {
  const { before, after } = shiftOver(clock, zone)
  // The time by the offset before the change, and by the offset after it.
  const readings = [clock - after, clock - before].map((time) => exactText(time, zone)).join(' or ')
  return `"${text}" does not exist in ${zone}, where clocks are set forward then: give ${readings}`
}
