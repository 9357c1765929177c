/** Times and numbers, for people. Times are local; titles have them in UTC as well. */
import type { FrameOrigin } from '../../../protocol.ts'

const two = (value: number) => String(value).padStart(2, '0')

/** `10:41:36.387` */
export function clock(at: number): string {
  const time = new Date(at)
  const seconds = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  return `${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** `2026-11-27 10:41:36.387` */
export function dateAndClock(at: number): string {
  const time = new Date(at)
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(at)}`
}

export const iso = (at: number) => new Date(at).toISOString()

/** `3 agents`, `1 agent`, `2,000 agents` */
export const count = (number: number, what: string) =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`

const VIA: Readonly<Record<FrameOrigin['via'], string>> = {
  rest: 'over REST',
  'acd-control': 'through /acd',
  xmpp: 'over XMPP',
  acd: 'by the ACD',
  finesse: 'by Finesse',
  api: 'through the API',
  engine: 'by the engine',
}

/** `by 1001 over REST` */
export function originText({ via, by }: FrameOrigin): string {
  return by === undefined ? VIA[via] : `by ${by} ${VIA[via]}`
}
