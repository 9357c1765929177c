/** Times and numbers, for people. Times are local; titles have them in UTC as well. */
import { clockText, localZone, type Tell, timeText, withTimesTold } from '../../../../times/index.ts'
import type { FrameOrigin } from '../../../protocol.ts'

/** The zone of the browser does not change while the page is shown. */
const ZONE = localZone()

/** `10:41:36.387`; with the offset, `02:41:36.387+01:00`, in the hour that clocks show twice. */
export const clock = (at: number): string => clockText(at, ZONE)

const dayOf = (at: number) => timeText(at, ZONE).split(' ')[0]

/** `2026-11-27 10:41:36.387`, alike. */
export const dateAndClock = (at: number): string => `${dayOf(at)} ${clock(at)}`

/** Times of what is told about one moment: those of another day have that day with them. */
export const clockBeside =
  (moment: number): Tell =>
  (at) =>
    dayOf(at) === dayOf(moment) ? clock(at) : dateAndClock(at)

/** A sentence of an explanation, with its times as `tell` has them. */
export const sentence = (text: string, tell: Tell): string => withTimesTold(text, tell)

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

/** Ids of rules behind a sentence; `machines/RULES.md` explains them. */
export const citation = (rules: readonly string[]): string => (rules.length === 0 ? '' : ` (${rules.join(', ')})`)
