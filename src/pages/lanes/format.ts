/** Formats times and numbers for the report. */

const two = (value: number) => String(value).padStart(2, '0')

/** A time since the start of the simulation: `h:mm:ss.mmm`. */
export function exact(ms: number): string {
  const rest = Math.round(ms)
  const seconds = Math.floor(rest / 1000)
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(rest % 1000).padStart(3, '0')}`
}

/** The same for an axis, without unnecessary digits. */
export function short(ms: number): string {
  const text = exact(ms)
  if (!text.endsWith('.000')) return text
  return text.endsWith(':00.000') ? text.slice(0, -7) : text.slice(0, -4)
}

/** The simulated time of day, UTC: `hh:mm:ss`. */
export function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19)
}

/** The simulated day and time, UTC. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Prints a duration in ms, with a suitable unit. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  const minutes = `${Math.floor(whole / 60) % 60}`
  return whole < 3600
    ? `${minutes}:${two(whole % 60)} min`
    : `${Math.floor(whole / 3600)}:${minutes.padStart(2, '0')}:${two(whole % 60)} h`
}

/** A duration on an axis, for example `1h 30m`, `45s` or `0s`. */
export function round(ms: number): string {
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000]
  const parts = [hours && `${hours}h`, minutes && `${minutes}m`, seconds && `${Number(seconds.toFixed(3))}s`]
  return parts.filter((part) => part !== 0).join(' ') || '0s'
}

/** 0 to 1 as a percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

export function count(value: number): string {
  return value.toLocaleString('en-GB')
}

/** The difference of a value to the one that it is compared with. */
export function difference(value: number, base: number, show: (value: number) => string): string {
  const shown = show(Math.abs(value - base))
  if (value === base || shown === show(0)) return '='
  return `${value > base ? '+' : '\u2212'}${shown}`
}
