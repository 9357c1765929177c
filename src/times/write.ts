/**
 * Times as people read them: local, no finer than need be, and never with two meanings. `readTime` takes all of them, and
 * understands the same moment.
 */
import { localZone, momentsOf, offsetAt, offsetText, type Zone } from './zone.ts'

/** Whose clock, and what it shows now. */
export interface Reader {
  /** The zone of this machine when left out. */
  readonly zone?: Zone
  /** Times of this day go without their day; every time has it when left out. */
  readonly now?: number
}

/** A time, and how its day is told: not for one of today, unless it is to be told always. */
export type Tell = (time: number, day?: 'always') => string

const isoOf = (time: number, offset: number) => new Date(time + offset).toISOString()

/** `2026-03-01`, of a time that has its offset in it. */
const dayIn = (time: number, offset: number) => isoOf(time, offset).split('T')[0] ?? ''

/** `10:42:00`, or `10:42:00.250` where the second is not a whole one. */
const clockIn = (time: number, offset: number) =>
  (isoOf(time, offset).split('T')[1] ?? '').replace(/Z$/, '').replace(/\.000$/, '')

/** `2026-03-01T10:42:00+01:00`: means the same everywhere. */
export function exactText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return `${dayIn(time, offset)}T${clockIn(time, offset)}${offsetText(offset)}`
}

/** What the clock shows at this time it shows once more, or has shown before: clocks are set back. */
export const comesTwice = (time: number, zone: Zone): boolean => momentsOf(time + offsetAt(time, zone), zone).length > 1

/** One time: `2026-03-01 10:42:00`; with its offset, `2026-10-25 02:30:00+01:00`, where the clock shows it twice. */
export function timeText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return `${dayIn(time, offset)} ${clockIn(time, offset)}${comesTwice(time, zone) ? offsetText(offset) : ''}`
}

/** The clock alone, for lists of one day: `10:42:00.000`, with its offset where the clock shows it twice. */
export function clockText(time: number, zone: Zone = localZone()): string {
  const offset = offsetAt(time, zone)
  return isoOf(time, offset).slice(-13, -1) + (comesTwice(time, zone) ? offsetText(offset) : '')
}

/** `2026-03-01T09:42:00.000Z`: for texts that somebody else shows to people. */
export const instant = (time: number): string => new Date(time).toISOString()

/** A text with times by `instant` in it, with them as people read them. */
export const withTimesTold = (text: string, tell: Tell): string =>
  text.replace(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\b/g, (found) => tell(Date.parse(found)))

/** Times as the clock at one moment would show them, each with the offset: they sort, whatever is done to clocks. */
export function withOffsetOf(moment: number, { zone = localZone(), now }: Reader = {}): Tell {
  const offset = offsetAt(moment, zone)
  const today = now === undefined ? undefined : dayIn(now, offset)
  return (time, day) => {
    const isToday = day !== 'always' && dayIn(time, offset) === today
    return `${isToday ? '' : `${dayIn(time, offset)} `}${clockIn(time, offset)}${offsetText(offset)}`
  }
}

/**
 * A text with times in it, about a moment. They are local times without an offset, as long as every one of them means one
 * moment; else all are told by the clock of that moment, each with the offset. So they sort in the order in which things
 * happened, on the night on which clocks are set back as well.
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
