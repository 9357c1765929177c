/** The rows that machines took in a step. What they say of themselves is what an explanation says. */
import { descriptionOf, rulesOf } from '../../../machines/rules.ts'
import { rowsOf, type TakenRow } from '../../engine/inspection/private-names.ts'
import type { TreeProbe } from '../../engine/inspection/probe.ts'
import { isTreeActor } from '../../engine/inspection/refs.ts'
import type { Reason } from './explanation.ts'
import { asPart, withWho } from './told.ts'

/** By actor: `user`, `media:5001`, `presence:A`, a dialog or a call by its id; each actor's in the order of the step. */
export type Rows = ReadonlyMap<string, readonly TakenRow[]>

/** Notes the rows of one step at a time. */
export class RowProbe implements TreeProbe {
  #rows: Map<string, TakenRow[]> | undefined

  get isRecording(): boolean {
    return this.#rows !== undefined
  }

  note(event: Parameters<TreeProbe['note']>[0]): void {
    const { actorRef: actor } = event
    if (!this.#rows || event.type !== '@xstate.microstep' || !isTreeActor(actor)) return
    const taken = this.#rows.get(actor.id)
    if (taken) taken.push(...rowsOf(event))
    else this.#rows.set(actor.id, [...rowsOf(event)])
  }

  /** Runs a step, and returns what it returns, with its rows. */
  during<T>(step: () => T): readonly [T, Rows] {
    const rows = new Map<string, TakenRow[]>()
    this.#rows = rows
    try {
      return [step(), rows]
    } finally {
      this.#rows = undefined
    }
  }
}

export const leadsTo = ({ target = [] }: TakenRow, state: string): boolean => target.some(({ key }) => key === state)

const leads = ({ target = [] }: TakenRow): boolean => target.length > 0

/** A row of a ladder, or of a request that is never seen as a state: another one led there. */
export const isEventless = ({ eventType }: TakenRow): boolean => eventType === ''

/** A row of a whole user or medium that only tells those below of the event. */
export const isPassedOn = (row: TakenRow): boolean =>
  !leads(row) && row.source.parent === undefined && row.source.key !== 'task'

/**
 * The rows that led to the state in which an actor was left, the last one first: for a ladder its row, and the row of the
 * event. Where none leads to another state it is the last that keeps a rule.
 */
export function leading(rows: readonly TakenRow[] = []): readonly TakenRow[] {
  const last = rows.findLastIndex(leads)
  if (last < 0) return rows.filter((row) => rulesOf(row).length > 0).slice(-1)
  const first = rows.findLastIndex((row, index) => index <= last && !isEventless(row))
  return rows.slice(Math.max(first, 0), last + 1).toReversed()
}

/** What rows say, a sentence once. `who`: of whom the first is true here. */
export function rowReasons(rows: readonly TakenRow[], who = ''): readonly Reason[] {
  return rows
    .filter((row, at) => !rows.slice(at + 1).some((other) => descriptionOf(other) === descriptionOf(row)))
    .map((row, index) => ({
      rule: rulesOf(row).join(', '),
      text: withWho(asPart(descriptionOf(row)), index === 0 ? who : ''),
    }))
}
