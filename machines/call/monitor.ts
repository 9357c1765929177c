/** A supervisor who listens to an agent, and who barges into the call: `dialog 4.9`, 4.10. */
import type { CallView, LegView, Monitor } from '../effects.ts'
import { isControlledByOther, type JoinTerms } from './conference.ts'
import { agentLeg, type CallContext, legsIn, PRESENT } from './model.ts'

/** The type of a monitor call (`dialog 1.3`). */
export const SUPERVISOR_MONITOR = 'SUPERVISOR_MONITOR'

/** A monitor call that begins. */
export interface Listening {
  readonly monitor: Monitor
  /** The extension of the supervisor. */
  readonly extension: string
  readonly agentExtension: string
}

/** A supervisor comes into the call of the agent to whom the supervisor listens. */
export interface Barge {
  readonly supervisor: string
  /** The extension of the supervisor. */
  readonly extension: string
  readonly agent: string
  readonly terms: JoinTerms
  /** The monitor call as it ends. */
  readonly last: CallView
}

const gone = (leg: LegView, at: number): LegView =>
  leg.state === 'DROPPED' ? leg : { ...leg, state: 'DROPPED', stateChangeTime: at }

/** The last view of a monitor call whose supervisor comes into the other call. */
export const lastOfMonitor = (call: CallView, at: number): CallView => ({
  ...call,
  state: 'DROPPED',
  legs: call.legs.map((leg) => gone(leg, at)),
})

/** The monitor call whose supervisor is in the other call. */
export const monitorLeft = ({ legs }: CallContext, at: number): Pick<CallContext, 'legs' | 'agents'> => ({
  legs: Object.fromEntries(Object.entries(legs).map(([id, leg]) => [id, gone(leg, at)])),
  agents: [],
})

/** Can the supervisor come in: the agent talks and may add parties, and there is room for one more? */
export function isOpenToBarge(context: CallContext, { supervisor, agent, terms }: Barge): boolean {
  const { dialog, legs, conference } = context
  return (
    legs[agentLeg(dialog, agent)]?.state === 'ACTIVE' &&
    !Object.hasOwn(legs, agentLeg(dialog, supervisor)) &&
    !isControlledByOther(conference, agent) &&
    legsIn(context, ...PRESENT).length < terms.partiesMax
  )
}
