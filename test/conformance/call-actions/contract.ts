/**
 * What becomes of an action on a call, by the situation of the agent who asks (`dialog 3`, 4.1, 4.4, 4.8, 4.12). It is
 * written down from the contract once more, so that it can disagree with the product.
 */

/** The actions of the contract that change calls. */
export const ACTIONS = [
  'ANSWER',
  'HOLD',
  'RETRIEVE',
  'DROP',
  'UPDATE_CALL_DATA',
  'SEND_DTMF',
  'CONSULT_CALL',
  'TRANSFER_SST',
  'TRANSFER',
  'CONFERENCE',
  'PARTICIPANT_DROP',
  'ACCEPT',
  'CLOSE',
  'REJECT',
  'RECLASSIFY',
  'UPDATE_SCHEDULED_CALLBACK',
  'CANCEL_SCHEDULED_CALLBACK',
] as const
export type Action = (typeof ACTIONS)[number]

/** Actions on a call with a customer of a campaign. None of the situations has one. */
const OF_CAMPAIGNS: readonly Action[] = ['RECLASSIFY', 'UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK']

/** Actions that are asked for by POST. A PUT of them is an unknown action (`dialog 4.13`). */
export const NEW_CALLS = ['MAKE_CALL', 'SILENT_MONITOR', 'BARGE_CALL'] as const

/** Actions of recording, which CCE does not have. */
export const OTHER_ACTIONS = ['START_RECORDING'] as const

export type State = 'INITIATING' | 'INITIATED' | 'ALERTING' | 'ACTIVE' | 'HELD' | 'FAILED' | 'WRAP_UP' | 'DROPPED'

/** How an agent stands on a call. */
export interface Position {
  /** The state of the agent's leg. */
  readonly state: State
  /** The agent talks on another call, or another one rings at the party whom the agent calls. */
  readonly talksElsewhere?: true
  /** What the agent is in the conference. Absent: the call is none. */
  readonly conference?: 'controller' | 'party' | 'supervisor'
  /** The agent's other call is the conference of another agent. */
  readonly elsewhereInConferenceOfOther?: true
}

/** The printed table of `dialog 3`, with SEND_DTMF and TRANSFER_SST of the recordings. */
const ALWAYS: Readonly<Record<State, readonly Action[]>> = {
  INITIATING: ['DROP', 'UPDATE_CALL_DATA'],
  INITIATED: ['DROP', 'UPDATE_CALL_DATA'],
  ALERTING: ['ANSWER'],
  ACTIVE: ['HOLD', 'DROP', 'UPDATE_CALL_DATA', 'CONSULT_CALL', 'SEND_DTMF', 'TRANSFER_SST'],
  HELD: ['RETRIEVE', 'DROP', 'UPDATE_CALL_DATA'],
  FAILED: ['DROP'],
  WRAP_UP: ['UPDATE_CALL_DATA'],
  DROPPED: [],
}

export const STATES: readonly State[] = [
  'INITIATING',
  'INITIATED',
  'ALERTING',
  'ACTIVE',
  'HELD',
  'FAILED',
  'WRAP_UP',
  'DROPPED',
]

/** May the agent drop others, if `enableDropParticipantFor` is `conference_controller_and_supervisor`? */
const mayDropOthers = ({ conference }: Position): boolean => conference === 'controller' || conference === 'supervisor'

/** The actions that the list of the agent's participant has. */
export function allowed(position: Position): readonly Action[] {
  const { state, talksElsewhere } = position
  const joins: readonly Action[] = state === 'HELD' && talksElsewhere ? ['TRANSFER', 'CONFERENCE'] : []
  const isConnected = state === 'ACTIVE' || state === 'HELD'
  const drops: readonly Action[] = isConnected && mayDropOthers(position) ? ['PARTICIPANT_DROP'] : []
  return [...ALWAYS[state], ...joins, ...drops]
}

/**
 * `taken`: 202, and the call changes. `nothing`: 202, and nothing changes. `E3`, `20999`, `no campaign`: 202, and an
 * asynchronous error.
 * Others: status and type at once.
 */
export type Answer = 'taken' | 'nothing' | 'E3' | '20999' | 'no campaign' | `${number} ${string}`

/** What an agent on the call gets. */
export function answerTo(action: Action, position: Position): Answer {
  const { state, conference, elsewhereInConferenceOfOther } = position
  if (allowed(position).includes(action)) {
    const isInConferenceOfOther = conference !== undefined && conference !== 'controller'
    if (action === 'CONFERENCE' && (isInConferenceOfOther || elsewhereInConferenceOfOther)) return '20999'
    // Only the controller may add parties (V82).
    if (action === 'CONSULT_CALL' && isInConferenceOfOther) return '20999'
    return action === 'SEND_DTMF' ? 'nothing' : 'taken'
  }
  if (OF_CAMPAIGNS.includes(action)) return 'no campaign'
  // TRANSFER is sent on a call on hold (`dialog 4.4`), so on others it is like every action that is not listed.
  if (action === 'TRANSFER' && state === 'HELD') return '400 Invalid State'
  if (action === 'SEND_DTMF' && state === 'HELD') return '401 Invalid State'
  if (action === 'PARTICIPANT_DROP' && conference !== undefined && !mayDropOthers(position))
    return '401 Authorization Failure'
  return 'E3'
}
