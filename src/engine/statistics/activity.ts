/** What one agent does, as a queue counts it (`dialog 8`). */
import {
  type CallView,
  type LegState,
  type MediaState,
  seenBy,
  type UserState,
  userState,
} from '../../../machines/index.ts'
import type { UserBehaviour } from '../aggregate/user/behaviour.ts'
import type { QueueStatistics } from '../values.ts'

/** The numbers of which an agent counts in one at most. */
export type Activity = Exclude<
  keyof QueueStatistics,
  'callsInQueue' | 'startTimeOfLongestCallInQueue' | 'agentsLoggedOn'
>

/** The voice state of an agent, and the agent's calls. */
export interface AgentAtWork {
  readonly state: UserState
  readonly legs: readonly { readonly state: LegState; readonly call: CallView }[]
}

export const atWork = ({ snapshot }: UserBehaviour): AgentAtWork => ({
  state: userState(snapshot),
  legs: Object.values(snapshot.context.legs).map(({ state, call }) => ({
    state,
    call: seenBy(call, snapshot.context.user),
  })),
})

const INTERNAL: ReadonlySet<string> = new Set([
  'AGENT_INSIDE',
  'CONSULT',
  'CONSULT_OFFERED',
  'ASSIST_CALL',
  'EMERGENCY',
])
const OUTBOUND: ReadonlySet<string> = new Set(['OUT', 'AUTO_OUT', 'AGENT_OUT'])

/** The direction of a call by its type (`dialog 1.3`). Every call that is not known as another one came in. */
export function directionOf(callType: string): 'inbound' | 'outbound' | 'internal' {
  if (INTERNAL.has(callType)) return 'internal'
  return OUTBOUND.has(callType) || callType.startsWith('OUTBOUND') ? 'outbound' : 'inbound'
}

const TALKING = {
  inbound: 'agentsTalkingInbound',
  outbound: 'agentsTalkingOutbound',
  internal: 'agentsTalkingInternal',
} as const satisfies Record<ReturnType<typeof directionOf>, Activity>

/** The state of the leg from which a state of the user follows. */
const LEG_OF: Readonly<Partial<Record<UserState, LegState>>> = {
  RESERVED: 'ALERTING',
  TALKING: 'ACTIVE',
  HOLD: 'HELD',
  WORK: 'WRAP_UP',
  WORK_READY: 'WRAP_UP',
}

/**
 * The queue of a call. A call that the agent makes, also one to a queue, belongs to the queue of the call on hold, about
 * which the agent asks.
 */
function queueOf(call: CallView, { legs }: AgentAtWork): string | undefined {
  if (directionOf(call.callType) !== 'internal') return call.queue?.number
  return legs.find(({ state, call: { queue } }) => state === 'HELD' && queue !== undefined)?.call.queue?.number
}

/**
 * The number of the queue in which this agent counts; `undefined` if in none. Calls without a queue count in each queue
 * of the agent.
 */
export function activityIn(queue: string, agent: AgentAtWork): Activity | undefined {
  const { state, legs } = agent
  if (state === 'READY') return 'agentsReady'
  if (state === 'NOT_READY') return 'agentsNotReady'
  const call = legs.find((leg) => leg.state === LEG_OF[state])?.call
  if (call === undefined) return undefined
  if ((queueOf(call, agent) ?? queue) !== queue) return 'agentsBusyOther'
  switch (state) {
    case 'TALKING':
      return TALKING[directionOf(call.callType)]
    case 'WORK':
      return 'agentsWrapUpNotReady'
    case 'WORK_READY':
      return 'agentsWrapUpReady'
    default:
      return undefined
  }
}

/** The same for a state in a nonvoice MRD. Tasks come in, so work on them counts as inbound. */
export const MEDIA_ACTIVITY: Readonly<Partial<Record<MediaState, Activity>>> = {
  READY: 'agentsReady',
  NOT_READY: 'agentsNotReady',
  ACTIVE: 'agentsTalkingInbound',
  INTERRUPTED: 'agentsBusyOther',
  WORK_READY: 'agentsWrapUpReady',
}
