/** The last events of the ACD for a user. The ACD may repeat an event, and the repetition must have no effect. */
import type { Effect } from '../../../../machines/effects.ts'
import type { Message } from '../../input.ts'

/** The number of offers, and of transfers, that are kept. That is enough, because a repetition comes soon or never. */
const REMEMBERED = 64

export interface Said {
  /** Offers that became dialogs. */
  readonly offers: readonly string[]
  /** Dialogs that ended by a confirmed transfer. */
  readonly transferred: readonly string[]
}

export const nothingSaid: Said = { offers: [], transferred: [] }

/** Is this a repetition of an event that took effect? An offer that was refused is none: it may be made again. */
export function isRepeated({ offers, transferred }: Said, body: Message): boolean {
  if (body.type === 'offer') return offers.includes(body.offer)
  return body.type === 'resubmitted' && transferred.includes(body.dialog)
}

const withNewest = (known: readonly string[], newest: readonly string[]) => [...known, ...newest].slice(-REMEMBERED)

/** Adds the offers and transfers that these effects show as done. */
export function remember(said: Said, effects: readonly Effect[]): Said {
  const offers = effects.flatMap((effect) =>
    effect.type === 'acd' && effect.notice.ask === 'offered' ? [effect.notice.offer] : [],
  )
  const transferred = effects.flatMap((effect) =>
    effect.type === 'task.removed' && effect.task.dispositionCode === 'CD_TASK_TRANSFER' ? [effect.task.dialog] : [],
  )
  if (offers.length === 0 && transferred.length === 0) return said
  return { offers: withNewest(said.offers, offers), transferred: withNewest(said.transferred, transferred) }
}

/** Has this part of a stored snapshot the form of `Said`? */
export function isSaid(value: unknown): value is Said {
  return typeof value === 'object' && value !== null && 'offers' in value && 'transferred' in value
}
