/** The table rows (transitions) that machines took in a step. An explanation uses their descriptions. */
import { descriptionOf, rulesOf } from '../../../machines/rules.ts'
import { rowsOf, type TakenRow } from '../../engine/inspection/private-names.ts'
import type { TreeProbe } from '../../engine/inspection/probe.ts'
import { isTreeActor } from '../../engine/inspection/refs.ts'
import type { RulesNote } from '../../engine/rules/note.ts'
import type { Reason } from './explanation.ts'
import { ownGuardOf } from './own-guards.ts'
import { asPart, withWho } from './told.ts'

/**
 * Rows by actor, in the order in which they were taken. Keys: `user`, `media:5001`, `presence:A`, or the id of a dialog
 * or call.
 */
export type Rows = ReadonlyMap<string, readonly TakenRow[]>

/** Records the rows of one step at a time. */
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

  /** Runs a step, and returns its result and its rows. */
  async during<T>(step: () => Promise<T>): Promise<readonly [T, Rows]> {
    const rows = new Map<string, TakenRow[]>()
    this.#rows = rows
    try {
      return [await step(), rows]
    } finally {
      this.#rows = undefined
    }
  }
}

export const leadsTo = ({ target = [] }: TakenRow, state: string): boolean => target.some(({ key }) => key === state)

const leads = ({ target = [] }: TakenRow): boolean => target.length > 0

/**
 * Whether a row is an eventless transition: one of a ladder (a choice by guards), or out of a transient state. Another
 * row led to its source state.
 */
export const isEventless = ({ eventType }: TakenRow): boolean => eventType === ''

/** Whether a row of the root state of a user or medium only forwards the event to child actors. */
export const isPassedOn = (row: TakenRow): boolean =>
  !leads(row) && row.source.parent === undefined && row.source.key !== 'task'

/**
 * The rows that led to the final state of an actor, the last one first: the row of the event, and the eventless rows
 * after it. If no row led to another state: the last row that cites a rule.
 */
export function leading(rows: readonly TakenRow[] = []): readonly TakenRow[] {
  const last = rows.findLastIndex(leads)
  if (last < 0) return rows.filter((row) => rulesOf(row).length > 0).slice(-1)
  const first = rows.findLastIndex((row, index) => index <= last && !isEventless(row))
  return rows.slice(Math.max(first, 0), last + 1).toReversed()
}

/**
 * The descriptions of rows as reasons, without repeated sentences. `rules`: the embedder's rules under which the rows
 * were taken; a row of a replaced guard gives the name of the guard as its reason. `who`: the subject that the first
 * reason applies to.
 */
export function rowReasons(rows: readonly TakenRow[], rules: RulesNote | undefined, who = ''): readonly Reason[] {
  return rows
    .filter((row, at) => !rows.slice(at + 1).some((other) => descriptionOf(other) === descriptionOf(row)))
    .map((row, index) => {
      const { rule, text } = rowReason(row, rules)
      return { rule, text: withWho(text, index === 0 ? who : '') }
    })
}

function rowReason(row: TakenRow, rules: RulesNote | undefined): Reason {
  const own = ownGuardOf(row, rules)
  return own === undefined
    ? { rule: rulesOf(row).join(', '), text: asPart(descriptionOf(row)) }
    : { rule: '', text: `${own} decided it` }
}
