/** Times on the command line. */

/** `2026-03-01`, `2026-03-01T08:30`, seconds, a fraction of them and a zone if need be. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?)?$/
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
/** Digits alone: milliseconds since 1970 UTC. */
const MILLISECONDS = /^\d+$/

export const TIME_HELP = '2026-03-01T08:30:00, 08:30 of today, or milliseconds since 1970'

/**
 * A time as people give it: an ISO date, or date and time, in local time unless it names a zone; `HH:MM` or `HH:MM:SS`
 * of the day of `now`, in local time; milliseconds since 1970 UTC.
 *
 * @returns milliseconds since 1970 UTC.
 * @throws RangeError for anything else, and for a day or an hour that does not exist.
 */
export function timeOf(text: string, now: Date): number {
  const given = text.trim()
  const time = MILLISECONDS.test(given) ? Number(given) : (dateTime(given) ?? timeOfDay(given, now))
  if (time === undefined || !Number.isSafeInteger(time)) throw new RangeError(`"${text}" is no time: give ${TIME_HELP}`)
  return time
}

/** `Date` alone would take a day without a time as UTC, and 30 February as 2 March. */
function dateTime(text: string): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] =
    DATE_TIME.exec(text) ?? []
  if (!isInMonth(Number(year), Number(month), Number(day))) return undefined
  const milliseconds = fraction.padEnd(3, '0')
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`)
}

/** Day 0 of the next month is the last of this one. */
const isInMonth = (year: number, month: number, day: number) =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()

function timeOfDay(text: string, now: Date): number | undefined {
  const parts = TIME_OF_DAY.exec(text)
  if (!parts) return undefined
  const [hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour, minute, second).getTime()
}
