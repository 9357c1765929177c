/**
 * The two private members of XState that inspection needs. XState has no public name for the parent of an actor and for
 * the transitions that a machine took. Inspectors made for XState, such as Stately's, read the parent from the same
 * member. No other file uses private members of XState.
 */
import type { InspectionEvent } from 'xstate'

type Microstep = Extract<InspectionEvent, { type: '@xstate.microstep' }>

/** A row of a chart in the form that XState gives it. */
export type TakenRow = Microstep['_transitions'][number]

/** The rows that a machine took in one microstep. */
export const rowsOf = (microstep: Microstep): readonly TakenRow[] => microstep._transitions

/** The name of a row's guard; `undefined` without a guard. */
export function guardName(guard: TakenRow['guard']): string | undefined {
  if (typeof guard === 'string') return guard
  if (typeof guard !== 'object' || guard === null || !('type' in guard)) return undefined
  return String(guard.type)
}

/** An object that shows its parent to inspectors made for XState. */
export interface UnderParent<Parent> {
  readonly _parent: Parent | undefined
}

export const underParent = <Parent>(parent: Parent | undefined): UnderParent<Parent> => ({ _parent: parent })

export const parentOf = <Parent>(actor: UnderParent<Parent>): Parent | undefined => actor._parent

/** The parent of an actor that XState made. */
export function ownParentOf(actor: object): object | undefined {
  const parent = '_parent' in actor ? actor._parent : undefined
  return typeof parent === 'object' && parent !== null ? parent : undefined
}
