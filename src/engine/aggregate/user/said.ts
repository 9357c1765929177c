/** What an ACD has said to a user already. It may say things twice; the second time must change nothing. */
import type { Effect } from '../../../../machines/effects.ts'
import type { Message } from '../../input.ts'

/** So many offers and transfers are remembered; a repetition comes soon or never. */
const REMEMBERED = 64

export interface Said {
  /** Offers that became dialogs. */
  readonly offers: readonly string[]
  /** Dialogs that ended by a confirmed transfer. */
  readonly transferred: readonly string[]
}

export const nothingSaid: Said = { offers: [], transferred: [] }

/** Is this a repetition of something that had its effect? An offer that was refused may come again. */
export function isRepeated({ offers, transferred }: Said, body: Message): boolean {
  if (body.type === 'offer') return offers.includes(body.offer)
  return body.type === 'resubmitted' && transferred.includes(body.dialog)
}

const withNewest = (known: readonly string[], newest: readonly string[]) => [...known, ...newest].slice(-REMEMBERED)

/** What is to be remembered after these effects. */
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

/** Is this part of a stored snapshot what was said? */
export function isSaid(value: unknown): value is Said {
  return typeof value === 'object' && value !== null && 'offers' in value && 'transferred' in value
}
