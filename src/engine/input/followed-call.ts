/**
 * A call as a followed Finesse reports it, in the form of the machines. A document lists the actions of each party, and
 * machines keep what the actions follow from.
 */
import type { CallView, LegView, MadeCall } from '../../../machines/effects.ts'
import type { CallDialogValue, CallParticipantValue } from '../values.ts'

/** The type of a call by which a supervisor listens (`dialog 1.3`). */
const MONITOR = 'SUPERVISOR_MONITOR'

export function followedCall(call: CallDialogValue): CallView {
  const { id, associatedDialog, secondaryId, queue, campaign, wrapUpReason } = call
  const { fromAddress, toAddress, dnis, dialedNumber, callType, variables, state, participants } = call
  return {
    dialog: id,
    ...(associatedDialog === undefined ? {} : { associatedDialog }),
    ...(secondaryId === undefined ? {} : { secondaryId }),
    fromAddress,
    toAddress,
    dnis,
    dialedNumber,
    callType,
    made: call.made ?? madeOf(call),
    ...(queue ? { queue } : {}),
    ...(campaign ? { campaign } : {}),
    variables,
    ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
    state,
    legs: participants.map((party) => followedLeg(party, callType)),
  }
}

/**
 * Documents do not say who has made the call, and who has the number. The parties do, as far as they are known. An
 * erasure goes by it, so a number that nobody is known to have is that of a customer.
 */
function madeOf({ fromAddress, toAddress, queue, participants }: CallDialogValue): MadeCall {
  const isAgent = (address: string) =>
    participants.some(({ mediaAddress, user }) => user !== undefined && mediaAddress === address)
  const isParty = participants.some(({ mediaAddress }) => mediaAddress === toAddress)
  const to = isAgent(toAddress) ? 'agent' : isParty ? 'outside' : queue ? 'queue' : 'nobody'
  return { by: isAgent(fromAddress) ? 'agent' : 'outside', to }
}

function followedLeg({ actions, ...party }: CallParticipantValue, callType: string): LegView {
  const { mediaAddress, user, standsForCaller, state, stateCause, startTime, stateChangeTime } = party
  const may = (action: CallParticipantValue['actions'][number]) => actions.includes(action)
  return {
    mediaAddress,
    ...(user === undefined ? {} : { user }),
    state,
    stateCause,
    startTime,
    stateChangeTime,
    ...(standsForCaller ? { standsForCaller } : {}),
    // The supervisor may hang up, and the agent may do nothing (`dialog 4.9`).
    ...(callType === MONITOR ? { monitors: may('DROP') ? ('SUPERVISOR' as const) : ('AGENT' as const) } : {}),
    ...(may('CONFERENCE') ? { talksElsewhere: true as const } : {}),
    ...(may('PARTICIPANT_DROP') ? { dropsOthers: true as const } : {}),
    ...(may('ACCEPT') ? { reserved: true as const } : {}),
    ...(may('RECLASSIFY') ? { ofCampaign: true as const } : {}),
    ...(may('CANCEL_SCHEDULED_CALLBACK') ? { hasCallback: true as const } : {}),
  }
}
