/**
 * The requests that a user, a medium or a dialog accepts in its present state, by the machines' own rules. An answer
 * that refuses a request names them.
 *
 * They are not read from the charts, because that would ask the guards, and a guard of an embedder may be asked for
 * rows only. A test compares them with the charts.
 */
import { holds, type MediaContext, mediaState } from './media/model.ts'
import { TASK_ACTIONS, type TaskContext } from './task/model.ts'
import { hasAskedOnce, hasUnroutedCall, isCcx } from './user/ccx.ts'
import { type UserContext, userState } from './user/model.ts'
import { TASK_STATES, type TaskAction, USER_STATES, type UserState } from './wire.ts'
import { type Standing, wireState } from './wire-state.ts'

/** A state, mode or action that a command asks for. `LOGIN` is a sign-in. */
export type Request = 'LOGIN' | 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE' | 'ROUTABLE' | 'NOT_ROUTABLE' | TaskAction

/** The requests whose condition holds, in this order. */
const those = (conditions: Readonly<Partial<Record<Request, boolean>>>): readonly string[] =>
  Object.entries(conditions).flatMap(([name, isAccepted]) => (isAccepted ? [name] : []))

/** States of a user who is signed in, in which clients may request another state (`user 5.4`, 5.5). */
const REQUESTABLE: readonly UserState[] = USER_STATES.filter((state) => state !== 'LOGOUT' && state !== 'UNKNOWN')

/** The states of a user with a call. */
const ON_CALL: readonly UserState[] = ['RESERVED', 'TALKING', 'HOLD']

/** The states of a user whom a campaign has reserved. */
const IN_RESERVATION: readonly UserState[] = ['RESERVED_OUTBOUND', 'RESERVED_OUTBOUND_PREVIEW']

/** The voice states that may be requested now, by the user or by a supervisor (`user 5.7`). */
export function userRequests(user: Standing<UserContext>, bySupervisor: boolean): readonly string[] {
  const state = userState(user)
  const isRequestable = REQUESTABLE.includes(state)
  const { agentMayLeaveFromReady } = user.context.config
  const isCcxReservation = isCcx(user.context) && IN_RESERVATION.includes(state)
  return those({
    LOGIN: true,
    READY:
      isRequestable &&
      !isCcxReservation &&
      !(isCcx(user.context) && (ON_CALL.includes(state) || hasUnroutedCall(user.context))),
    NOT_READY: bySupervisor
      ? ['READY', 'WORK', 'WORK_READY'].includes(state)
      : isRequestable && !isCcxReservation && !(ON_CALL.includes(state) && hasAskedOnce(user.context)),
    LOGOUT: bySupervisor ? isRequestable : state === 'NOT_READY' || (state === 'READY' && agentMayLeaveFromReady),
  })
}

/** The states and modes of a medium that may be requested now. */
export function mediaRequests(medium: Standing<MediaContext>): readonly string[] {
  const { context } = medium
  const state = mediaState(medium)
  if (state === 'LOGOUT') return those({ LOGIN: context.member })
  if (state === 'WORK_NOT_READY') {
    const isKnown = context.actingSide in context.signIns
    return those({
      LOGIN: !isKnown,
      READY: true,
      NOT_READY: true,
      LOGOUT: true,
      ACTIVE: isKnown && context.connected,
    })
  }
  const { routable, notRoutableWhenStarted } = context
  return those({
    READY: true,
    NOT_READY: !holds(context, 'OFFERED'),
    LOGOUT: true,
    ROUTABLE: !routable || notRoutableWhenStarted,
    // A request that waits (`notRoutableWhenStarted`) leaves the medium routable until then.
    NOT_ROUTABLE: routable,
  })
}

/** The actions on a dialog that its medium and the dialog itself accept now. */
export function taskRequests(
  medium: Pick<MediaContext, 'interrupted'>,
  dialog: Standing<TaskContext>,
): readonly string[] {
  if (medium.interrupted) return []
  const actions = TASK_ACTIONS[wireState(dialog.value, TASK_STATES)]
  return dialog.context.transfer === null ? actions : actions.filter((action) => action !== 'TRANSFER')
}
