/** Times for people: local, and no finer than need be. */

const two = (number: number) => String(number).padStart(2, '0')

/** `2026-03-01`. */
export function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** `10:42:00`, or `10:42:00.250` where the second is not a whole one. */
export function clockOf(time: number): string {
  const date = new Date(time)
  const thousandths = date.getMilliseconds()
  const fraction = thousandths === 0 ? '' : `.${String(thousandths).padStart(3, '0')}`
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction}`
}

/** The time, with its day where that is not the day of `beside`. */
export function timeBeside(time: number, beside: number | undefined): string {
  const day = dayOf(time)
  return beside !== undefined && dayOf(beside) === day ? clockOf(time) : `${day} ${clockOf(time)}`
}

/** `30 s`, `2 min`, `1 h 5 min`: for spans that are set in seconds. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
