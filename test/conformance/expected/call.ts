import { group, leaf, type Tree } from '../tree.ts'
import { callVariables, type Variables } from './call-variables.ts'
import { wireTime } from './time.ts'

/** The actions of `dialog 3` that the product accepts, by state of the leg. The same for outside parties. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  INITIATING: ['UPDATE_CALL_DATA', 'DROP'],
  INITIATED: ['UPDATE_CALL_DATA', 'DROP'],
  FAILED: ['DROP'],
  ALERTING: ['ANSWER'],
  ACTIVE: ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
  HELD: ['UPDATE_CALL_DATA', 'DROP', 'RETRIEVE'],
  WRAP_UP: ['UPDATE_CALL_DATA'],
  DROPPED: [],
  ACCEPTED: [],
}

export interface LegFacts {
  readonly address: string
  readonly isAgent: boolean
  /** The agent is reserved for a campaign, which allows other actions. */
  readonly isReserved?: boolean
  readonly state: string
  readonly cause?: string
  /** The actions that its state alone does not allow. */
  readonly more?: readonly string[]
  /** All actions, if they do not follow from the state. */
  readonly actions?: readonly string[]
  /** The start of the current part of the leg: ringing, or talk. */
  readonly startedAt: number | undefined
  readonly changedAt: number | undefined
}

export interface CallFacts {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly variables: Variables
  /** `undefined` until an agent has set one. */
  readonly wrapUpReason?: string | undefined
  /** The reason is shown as a list too (CCX). */
  readonly hasWrapUpItems?: true
  /** `dialog 1.3`; by default that of a call from outside. */
  readonly callType?: string | undefined
  /** Set by a transfer or conference. */
  readonly secondaryId?: string | undefined
  readonly dnis: string
  readonly state: string
  readonly legs: readonly LegFacts[]
  /** The queue that routed the call to the agent. */
  readonly queue?: QueueFacts | undefined
  /** The call during which an agent makes this one. */
  readonly associated?: string | undefined
  /** What the dialler of a campaign has heard. */
  readonly classification?: string | undefined
  /** When and where the customer of a campaign is called back. */
  readonly callback?: Readonly<Record<string, string>> | undefined
}

export interface QueueFacts {
  readonly number: string
  readonly name: string
}

/** The actions of a leg. An agent who is reserved decides about the call. */
function actionsOf({ actions, isReserved, state, more = [] }: LegFacts): readonly string[] {
  if (actions) return actions
  if (isReserved) return state === 'ALERTING' ? ['ACCEPT', 'CLOSE', 'REJECT'] : (ALLOWED[state] ?? [])
  return [...(ALLOWED[state] ?? ['no actions known']), ...more]
}

function expectedLeg(leg: LegFacts): Tree {
  const { address, isAgent, state, cause = '', startedAt, changedAt } = leg
  return group(
    'Participant',
    group('actions', ...actionsOf(leg).map((action) => leaf('action', action))),
    leaf('mediaAddress', address),
    leaf('mediaAddressType', isAgent ? 'AGENT_DEVICE' : ''),
    leaf('startTime', wireTime(startedAt)),
    leaf('state', state),
    leaf('stateCause', cause),
    leaf('stateChangeTime', wireTime(changedAt)),
  )
}

/**
 * The whole voice dialog of a call, `dialog 1.1`, with `mediaId` first, and the queue of a routed call after
 * the call variables.
 */
export function expectedCall(root: 'Dialog' | 'dialog', call: CallFacts): Tree {
  const { queue, callType = queue ? 'PREROUTE_ACD_IN' : 'OTHER_IN' } = call
  return group(
    root,
    leaf('associatedDialogUri', call.associated === undefined ? '' : `/finesse/api/Dialog/${call.associated}`),
    leaf('fromAddress', call.from),
    leaf('id', call.id),
    group(
      'mediaProperties',
      leaf('mediaId', 1),
      leaf('DNIS', call.dnis),
      leaf('callType', callType),
      leaf('dialedNumber', call.to),
      leaf('outboundClassification', call.classification ?? ''),
      call.wrapUpReason === undefined || !call.hasWrapUpItems
        ? undefined
        : group('wrapUpItems', leaf('wrapUpItem', call.wrapUpReason)),
      call.wrapUpReason === undefined ? undefined : leaf('wrapUpReason', call.wrapUpReason),
      callVariables(call.variables),
      ...(queue ? [leaf('queueNumber', queue.number), leaf('queueName', queue.name)] : []),
    ),
    leaf('mediaType', 'Voice'),
    group('participants', ...call.legs.map(expectedLeg)),
    call.callback &&
      group('scheduledCallbackInfo', ...Object.entries(call.callback).map(([name, value]) => leaf(name, value))),
    call.secondaryId === undefined ? undefined : leaf('secondaryId', call.secondaryId),
    leaf('state', call.state),
    leaf('toAddress', call.to),
    leaf('uri', `/finesse/api/Dialog/${call.id}`),
  )
}
