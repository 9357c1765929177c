/**
 * The two members of XState with an underscore that inspecting cannot do without. XState's inspection protocol has no
 * public name for the parent of an actor, nor for the rows that a machine took, and inspectors made for XState, such as
 * Stately's, look for the parent under the same name. No other file of ours touches a member like that.
 */
import type { InspectionEvent } from 'xstate'

type Microstep = Extract<InspectionEvent, { type: '@xstate.microstep' }>

/** A row of a chart, as XState lays it out. */
export type TakenRow = Microstep['_transitions'][number]

/** The rows that a machine took in one microstep. */
export const rowsOf = (microstep: Microstep): readonly TakenRow[] => microstep._transitions

/** What shows its parent to inspectors made for XState. */
export interface UnderParent<Parent> {
  readonly _parent: Parent | undefined
}

export const underParent = <Parent>(parent: Parent | undefined): UnderParent<Parent> => ({ _parent: parent })

export const parentOf = <Parent>(actor: UnderParent<Parent>): Parent | undefined => actor._parent

/** The parent of an actor of XState. */
export function ownParentOf(actor: object): object | undefined {
  const parent = '_parent' in actor ? actor._parent : undefined
  return typeof parent === 'object' && parent !== null ? parent : undefined
}
