/**
 * What differs on CCX (`user 5.3`, 5.4): only calls that a queue has routed to the agent decide the state. During all
 * others the agent is NOT_READY. There is no HOLD and no WORK_READY.
 */
import type { CallView } from '../effects.ts'
import type { LegState, Reason } from '../wire.ts'
import type { UserContext } from './model.ts'

export const isCcx = ({ config }: Pick<UserContext, 'config'>): boolean => config.platform === 'CCX'

/** Did a queue send the call to the user? Not if the user has called the queue. */
const isRouted = ({ queue, routed }: CallView, user: string): boolean => queue !== undefined && routed?.caller !== user

/** Is a leg on a routed call in one of these states? */
export const routedLegIs = ({ user, legs }: UserContext, ...states: readonly LegState[]): boolean =>
  Object.values(legs).some(({ state, call }) => states.includes(state) && isRouted(call, user))

/** Has the user a call that no queue has routed? False on CCE, where that makes no difference. */
export const hasUnroutedCall = (context: UserContext): boolean =>
  isCcx(context) && Object.values(context.legs).some(({ call }) => !isRouted(call, context.user))

/** Does the user make one of the calls? */
const makesCall = ({ user, legs }: UserContext): boolean =>
  Object.values(legs).some(({ call }) => call.made?.by === 'agent' && call.legs[0]?.user === user && !call.monitor)

/** Is the user busy with a call that the user makes (`user 3.1`)? */
export const mediaStateOf = (context: UserContext): 'BUSY' | 'IDLE' => (makesCall(context) ? 'BUSY' : 'IDLE')

/** The reason for NOT_READY during a call that no queue has routed: an agent who was NOT_READY keeps the own one. */
export function reasonDuringCall(context: UserContext): Reason | null {
  const { beforeCall, config } = context
  if (beforeCall?.state !== 'READY') return beforeCall?.reason ?? null
  return (makesCall(context) ? config.reasons.offHook : config.reasons.unroutedCall) ?? null
}

/** Is the user NOT_READY only because of such a call? Then the state from before it still counts. */
export const isNotReadyForCall = ({ config, reason, beforeCall }: UserContext): boolean =>
  config.platform === 'CCX' &&
  beforeCall?.state === 'READY' &&
  [config.reasons.offHook, config.reasons.unroutedCall].some((each) => each !== undefined && each.id === reason?.id)

/** Has the user asked for NOT_READY during this call already? It may be set once. */
export const hasAskedOnce = (context: UserContext): boolean => isCcx(context) && context.pending.state === 'NOT_READY'

/** The calls of the user, as a failover at this time leaves them. Nothing if it forgets none. */
export const afterFailover = (
  { config, legs, monitored }: UserContext,
  since: number,
): Pick<UserContext, 'forgotten'> => {
  if (!config.forgetsCalls) return {}
  const calls = [...Object.values(legs), ...(monitored ? [monitored] : [])].map(({ call }) => call)
  return { forgotten: { since, types: Object.fromEntries(calls.map(({ dialog, callType }) => [dialog, callType])) } }
}

/** The state that is pending when the link to the ACD is lost on a call: the agent is signed out after it (`user 5.5`). */
export const leavesAfterLoss = (context: UserContext): boolean =>
  isCcx(context) && routedLegIs(context, 'ACTIVE', 'HELD')
