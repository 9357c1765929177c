/** Durations and counts as text. */

const two = (value: number) => String(value).padStart(2, '0')

/** A duration: `0:05`, `12:40`, `1:02:03`, `3 d 4 h`; empty if it has not begun. */
export function durationOf(since: number | null, now: number): string {
  if (since === null) return ''
  const seconds = Math.max(0, Math.floor((now - since) / 1000))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)]
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${minutes}:${two(seconds % 60)}`
}

export const countOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
