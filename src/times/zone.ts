/** Time zones, from `Intl`: offsets, and the moments at which clocks are changed. */

/** Name of a zone as `Intl` knows it: `Europe/Berlin`, `UTC`. */
export type Zone = string

const HOUR = 3_600_000
/** No zone is or was further from UTC, in ms. */
const FURTHEST = 16 * HOUR
/** Clocks are changed at most once in this time, in ms. */
const STEP = 4 * HOUR

const formats = new Map<Zone, Intl.DateTimeFormat>()

function formatOf(zone: Zone): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, format)
  return format
}

/**
 * The zone of this machine or of the environment variable TZ. If `Intl` has no name for it, its offset such as
 * `+02:00`.
 */
export function localZone(): Zone {
  const zone: Zone | undefined = new Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    if (zone !== undefined) return formatOf(zone) && zone
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return offsetText(-60_000 * new Date().getTimezoneOffset())
}

/** Text of an offset given in ms: `+02:00`, `-00:44:30`. */
export function offsetText(offset: number): string {
  const size = Math.abs(offset)
  const parts = [size / HOUR, (size / 60_000) % 60, (size / 1000) % 60].map(Math.floor)
  if (parts[2] === 0) parts.pop()
  return `${offset < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`
}

/** Cache, because `Intl` is slow: offsets of steps in which clocks are not changed, by zone and number of the step. */
const steady = new Map<string, number>()
const STEADY_MOST = 2000

/** How far the zone is ahead of UTC at a moment, in ms; negative when it is behind. */
export function offsetAt(time: number, zone: Zone): number {
  const step = Math.floor(time / STEP)
  const key = `${zone} ${step}`
  const known = steady.get(key)
  if (known !== undefined) return known
  const offset = askedOffset(time, zone)
  if (askedOffset(step * STEP, zone) === offset && askedOffset((step + 1) * STEP, zone) === offset) {
    if (steady.size >= STEADY_MOST) steady.clear()
    steady.set(key, offset)
  }
  return offset
}

function askedOffset(time: number, zone: Zone): number {
  const [, sign, hours, minutes, seconds = '0'] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(formatOf(zone).format(time)) ?? []
  const size = HOUR * Number(hours ?? 0) + 60_000 * Number(minutes ?? 0) + 1000 * Number(seconds)
  return sign === '-' ? -size : size
}

/** All offsets that the zone may have had when its clocks showed this time, in the order in which they applied. */
function offsetsNear(shown: number, zone: Zone): readonly number[] {
  const found = new Set<number>()
  for (let time = shown - FURTHEST; time <= shown + FURTHEST; time += STEP) found.add(offsetAt(time, zone))
  return [...found]
}

/**
 * The moments at which the clocks of a zone show a local time, oldest first: usually one, two in a repeated hour, none
 * in a skipped hour.
 *
 * @param shown the local time as if it were UTC, in milliseconds since 1970.
 */
export function momentsOf(shown: number, zone: Zone): readonly number[] {
  return offsetsNear(shown, zone)
    .map((offset) => shown - offset)
    .filter((time) => time + offsetAt(time, zone) === shown)
    .sort((a, b) => a - b)
}

/** A change of the clocks. */
export interface Shift {
  /** The first moment of the new offset. */
  readonly at: number
  /** Offsets before and after, in ms. */
  readonly before: number
  readonly after: number
}

/** The change that skips the local time `shown` (see `momentsOf`). */
export function shiftOver(shown: number, zone: Zone): Shift {
  const offsets = offsetsNear(shown, zone)
  let [from, to] = [shown - Math.max(...offsets), shown - Math.min(...offsets)]
  const [before, after] = [offsetAt(from, zone), offsetAt(to, zone)]
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2)
    if (offsetAt(middle, zone) === before) from = middle
    else to = middle
  }
  return { at: to, before, after }
}
