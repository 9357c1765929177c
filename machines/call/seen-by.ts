/**
 * What an agent sees of a call that another agent has made to a queue: a routed call, which nobody can tell from that of
 * a customer (`dialog 6.4`). The agent who has made it sees it as it is.
 */
import type { CallView, LegView } from '../effects.ts'

/** The type of a routed call (`dialog 1.3`). */
export const ROUTED = 'PREROUTE_ACD_IN'

/** The types of calls that agents make, before other calls were joined into them or they were transferred. */
const MADE_BY_AGENTS: readonly string[] = ['CONSULT', 'AGENT_INSIDE']

/** The call as this agent sees it. */
export function seenBy(call: CallView, user: string): CallView {
  const { routed, associatedDialog: _, made, ...rest } = call
  if (!routed || routed.caller === user) return call
  const { caller, fromAddress } = routed
  const isUnchanged = MADE_BY_AGENTS.includes(call.callType)
  const own = call.legs.find((leg) => leg.user === user)?.mediaAddress ?? call.dnis
  return {
    ...rest,
    routed,
    ...(made && fromAddress === undefined ? { made } : {}),
    callType: isUnchanged ? ROUTED : call.callType,
    // `DNIS` is the route point in a consult call, and the agent's extension in other routed calls (`dialog 1.2`).
    dnis: isUnchanged && fromAddress === undefined ? own : call.dnis,
    ...(fromAddress === undefined ? {} : onBehalf(call, caller, fromAddress)),
  }
}

/** The call with the number of the party about whom the agent `caller` consults, instead of that of the agent. */
const onBehalf = ({ legs }: CallView, caller: string, fromAddress: string) => ({
  fromAddress,
  legs: legs.map(
    (leg): LegView => (leg.user === caller ? { ...leg, mediaAddress: fromAddress, standsForCaller: true } : leg),
  ),
})
