/** Times and numbers as text. Times are local; titles show them in UTC too. */
import { clockText, localZone, type Tell, timeText, withTimesTold } from '../../../../times/index.ts'
import type { FrameOrigin } from '../../../protocol.ts'

/** The time zone of the browser. It does not change while the page is shown. */
const ZONE = localZone()

/** `10:41:36.387`. In the hour that clocks show twice, with the offset: `02:41:36.387+01:00`. */
export const clock = (at: number): string => clockText(at, ZONE)

const dayOf = (at: number) => timeText(at, ZONE).split(' ')[0]

/** `2026-11-27 10:41:36.387`, with the offset in the same case. */
export const dateAndClock = (at: number): string => `${dayOf(at)} ${clock(at)}`

/** Formats times near a moment. A time on another day includes the date. */
export const clockBeside =
  (moment: number): Tell =>
  (at) =>
    dayOf(at) === dayOf(moment) ? clock(at) : dateAndClock(at)

/** A sentence of an explanation, with its times formatted by `tell`. */
export const sentence = (text: string, tell: Tell): string => withTimesTold(text, tell)

export const iso = (at: number) => new Date(at).toISOString()

/** `3 agents`, `1 agent`, `2,000 agents` */
export const count = (number: number, what: string) =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`

const VIA: Readonly<Record<FrameOrigin['via'], string>> = {
  rest: 'over REST',
  board: 'on the board',
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

/** The ids of rules after a sentence; `machines/RULES.md` explains them. */
export const citation = (rules: readonly string[]): string => (rules.length === 0 ? '' : ` (${rules.join(', ')})`)
