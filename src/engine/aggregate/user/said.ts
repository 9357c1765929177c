/** The last events of the ACD for a user. The ACD may repeat an event, and the repetition must have no effect. */
import type { Effect } from '../../../../machines/effects.ts'
import type { Message } from '../../input.ts'

/**
 * The number of ended offers, and of transfers, that are kept. An ACD repeats only what was not answered, for example
 * after a crash. That is never more than an agent had at one time, so newer ones never push out what is repeated.
 */
const REMEMBERED = 64

export interface Said {
  /** Offers that became dialogs. */
  readonly offers: readonly string[]
  /**
   * Confirmed transfers, each as the dialog and the attempt of its confirmation: `16777217#2`. A confirmation without
   * an attempt, of the built-in ACD, or of an older version is stored as the dialog alone.
   */
  readonly transferred: readonly string[]
}

export const nothingSaid: Said = { offers: [], transferred: [] }

/** Is this a repetition of a confirmation that took effect? */
export function isRepeated({ transferred }: Said, body: Message): boolean {
  return body.type === 'resubmitted' && transferred.some((known) => isSameTransfer(known, body))
}

type Confirmation = Extract<Message, { type: 'resubmitted' }>

const transferOf = ({ dialog, attempt }: Pick<Confirmation, 'dialog' | 'attempt'>): string =>
  attempt === null ? dialog : `${dialog}#${attempt}`

/**
 * The late confirmation of an earlier attempt is another transfer. It has to reach the machine, which cancels its
 * resubmission (D11). Otherwise the customer would be queued twice.
 */
function isSameTransfer(known: string, { dialog, attempt }: Confirmation): boolean {
  if (attempt === null) return known === dialog || known.startsWith(`${dialog}#`)
  return known === dialog || known === transferOf({ dialog, attempt })
}

const withNewest = (known: readonly string[], newest: readonly string[]) => [...known, ...newest].slice(-REMEMBERED)

/** Adds the offers and transfers that these effects show as done. `body`: the event of an external ACD that caused them. */
export function remember(said: Said, effects: readonly Effect[], body?: Message): Said {
  const offers = effects.flatMap((effect) =>
    effect.type === 'acd' && effect.notice.ask === 'offered' ? [effect.notice.offer] : [],
  )
  const transferred = effects.flatMap((effect) =>
    effect.type === 'task.removed' && effect.task.dispositionCode === 'CD_TASK_TRANSFER'
      ? [transferOf(body?.type === 'resubmitted' ? body : { dialog: effect.task.dialog, attempt: null })]
      : [],
  )
  if (offers.length === 0 && transferred.length === 0) return said
  return { offers: withNewest(said.offers, offers), transferred: withNewest(said.transferred, transferred) }
}

/** Has this part of a stored snapshot the form of `Said`? */
export function isSaid(value: unknown): value is Said {
  return typeof value === 'object' && value !== null && 'offers' in value && 'transferred' in value
}
