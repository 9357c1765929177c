/**
 * Writes times for people: local, no more precise than necessary, and never ambiguous. `readTime` reads all of these
 * forms as the same moment.
 */
import { localZone, momentsOf, offsetAt, offsetText, type Zone } from './zone.ts'

/** The clock of the reader. */
export interface Reader {
  /** The zone of this machine when left out. */
  readonly zone?: Zone
  /** Times of this day are written without the day. When left out, every time has its day. */
  readonly now?: number
}

/** Writes a time. The day is left out for times of today, unless `day` is `always`. */
export type Tell = (time: number, day?: 'always') => string

const isoOf = (time: number, offset: number) => new Date(time + offset).toISOString()

/** The day at an offset, such as `2026-03-01`. */
const dayIn = (time: number, offset: number) => isoOf(time, offset).split('T')[0] ?? ''

/** The time of day at an offset: `10:42:00`, or `10:42:00.250` with a fraction of a second. */
const clockIn = (time: number, offset: number) =>
  (isoOf(time, offset).split('T')[1] ?? '').replace(/Z$/, '').replace(/\.000$/, '')

/** A time with its offset, which means the same everywhere: `2026-03-01T10:42:00+01:00`. */
export function exactText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return `${dayIn(time, offset)}T${clockIn(time, offset)}${offsetText(offset)}`
}

/** Does the clock show the local time of this moment twice, because clocks are set back? */
export const comesTwice = (time: number, zone: Zone): boolean => momentsOf(time + offsetAt(time, zone), zone).length > 1

/** A single time: `2026-03-01 10:42:00`, or with its offset if it comes twice: `2026-10-25 02:30:00+01:00`. */
export function timeText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return `${dayIn(time, offset)} ${clockIn(time, offset)}${comesTwice(time, zone) ? offsetText(offset) : ''}`
}

/** The time of day, for lists of one day: `10:42:00.000`, with its offset if it comes twice. */
export function clockText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return isoOf(time, offset).slice(-13, -1) + (comesTwice(time, zone) ? offsetText(offset) : '')
}

/** `2026-03-01T09:42:00.000Z`, for texts that `withTimesTold` converts before people see them. */
export const instant = (time: number): string => new Date(time).toISOString()

/** Replaces the times that `instant` wrote into a text by times for people. */
export const withTimesTold = (text: string, tell: Tell): string =>
  text.replace(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\b/g, (found) => tell(Date.parse(found)))

/** Writes all times with the offset of one moment, so that they sort even when clocks are changed. */
export function withOffsetOf(moment: number, { zone = localZone(), now }: Reader = {}): Tell {
  const offset = offsetAt(moment, zone)
  const today = now === undefined ? undefined : dayIn(now, offset)
  return (time, day) => {
    const isToday = day !== 'always' && dayIn(time, offset) === today
    return `${isToday ? '' : `${dayIn(time, offset)} `}${clockIn(time, offset)}${offsetText(offset)}`
  }
}

/**
 * Writes a text with times about a moment. The times are local, without an offset, if none of them is ambiguous.
 * Otherwise all are written with the offset of that moment. So they always sort in the order of events, even in the
 * night in which clocks are set back.
 */
export function textWithTimes(moment: number, reader: Reader, write: (tell: Tell) => string): string {
  const { zone = localZone(), now } = reader
  const dayOf = (time: number) => dayIn(time, offsetAt(time, zone))
  const today = now === undefined ? undefined : dayOf(now)
  let isClear = true
  const text = write((time, day) => {
    if (comesTwice(time, zone)) isClear = false
    const isToday = day !== 'always' && dayOf(time) === today
    return `${isToday ? '' : `${dayOf(time)} `}${clockIn(time, offsetAt(time, zone))}`
  })
  return isClear ? text : write(withOffsetOf(moment, reader))
}
