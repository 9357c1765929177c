/** The types of a leg: input, context and events, its state as clients see it, and the actions that it allows. */
import type { LegView } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import { CALL_ACTIONS, type CallAction, LEG_STATES, type LegState, type ListedAction } from '../wire.ts'
import { type Standing, wireState } from '../wire-state.ts'

/**
 * The states in which a leg can begin: the rows of `dialog 2.2` without a state before them, and those in which a leg
 * comes from another call.
 */
export type LegBeginning = 'INITIATING' | 'INITIATED' | 'ALERTING' | 'ACTIVE' | 'HELD' | 'WRAP_UP'

/**
 * Has the agent to wrap up after the call? `WITH_REASON`: yes, and the call needs a wrap-up reason before the agent can
 * end that (`user 5.6`).
 */
export type WrapUp = boolean | 'WITH_REASON'

export interface LegInput {
  readonly dialog: string
  /** Id of the leg within its call. */
  readonly leg: string
  readonly begins: LegBeginning
  /** Extension of the agent, or number of the outside party. */
  readonly mediaAddress: string
  /** User id when the party is an agent. */
  readonly user?: string
  readonly wrapUp: WrapUp
  /** The longest time that it rings, in milliseconds. `null` if it does not ring, or has rung already. */
  readonly ringMs: number | null
  /** What an embedder's ACD calls the party outside. Absent without one, and for agents. */
  readonly far?: string
  /** It is the dialler of a campaign. Absent otherwise. */
  readonly isDialler?: true
  /** How a party outside answers. Absent for agents, and for parties outside who have called. */
  readonly outside?: OutsideManner
  /** The leg as it was in the call that it comes from. Absent if it is new. */
  readonly moved?: LegContext
  /** It came to a call that others had begun, so its ringing has a deadline of its own. Absent otherwise. */
  readonly isMoved?: true
  readonly at: number
}

/** How a party outside behaves whom an agent calls. */
export interface OutsideManner {
  /** It answers when it has rung for `ringMs`. False: nobody answers. */
  readonly answers: boolean
  /** Milliseconds after the answer at which it hangs up; `null`: it waits until the agents do. */
  readonly talkMs: number | null
}

/**
 * What the network outside, or an embedder's ACD, says about a number that an agent has dialled. Times are in
 * milliseconds.
 */
export type NumberNews =
  | ({
      readonly outcome: 'RINGS'
      readonly ringMs: number
      /** What an embedder's ACD calls the party there. Absent without one. */
      readonly far?: string
    } & OutsideManner)
  | { readonly outcome: 'BUSY' | 'BAD_DESTINATION' | 'OTHER' }

export interface LegContext extends Omit<LegInput, 'at' | 'moved'> {
  /**
   * There will be no wrap-up, because the agent is signed out already or will be when the call ends (ruling 47).
   */
  readonly leaves: boolean
  /** The agent talks on another call, which has to be on hold before this leg is connected. */
  readonly talksElsewhere: boolean
  readonly stateCause: LegView['stateCause']
  readonly startTime: number
  readonly stateChangeTime: number
}

/** A leg that moves to another call, and its state. */
export interface MovedLeg {
  readonly begins: LegBeginning
  readonly leg: LegContext
}

/** The agent whose request this is, so that only this agent gets the requestId (ruling 7). */
export interface Asked {
  readonly by?: string
}

export type LegEvent =
  | ({ readonly type: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP' } & Asked & Occurrence)
  /** What the agent decides about the reservation of a campaign. Without a preview it is accepted for the agent. */
  | ({ readonly type: 'ACCEPT' | 'CLOSE' | 'REJECT' } & Asked & Occurrence)
  /** The other call of the agent is on hold now, so the leg is connected as the agent asked. */
  | ({ readonly type: 'LINE_IS_FREE' } & Asked & Occurrence)
  | ({ readonly type: 'AGENT_TALKS'; readonly elsewhere: boolean } & Occurrence)
  /** The digits are sent. */
  | ({ readonly type: 'DIALLED' } & Occurrence)
  | ({ readonly type: 'CONNECTED' } & Asked & Occurrence)
  | ({ readonly type: 'FAILS'; readonly stateCause: Exclude<LegView['stateCause'], ''> } & Occurrence)
  /** The network clears this leg, because the others have left, or because one of them has dropped it. */
  | ({ readonly type: 'CLEARED' } & Asked & Occurrence)
  /** The agent joins this call with another one, and leaves both or is connected to all. */
  | ({ readonly type: 'TRANSFERS' | 'CONFERENCES' } & Asked & Occurrence)
  /** The party outside has rung for as long as it takes to answer, or has talked for long enough. */
  | ({ readonly type: 'ANSWER_DUE' | 'TALK_OVER' } & Occurrence)
  /** The agent has heard for long enough that the attempt has failed. */
  | ({ readonly type: 'FAILURE_TIMEOUT' } & Occurrence)
  | ({ readonly type: 'RING_TIMEOUT' } & Occurrence)
  /** The agent cannot take the call. */
  | ({ readonly type: 'REFUSED' } & Occurrence)
  | ({ readonly type: 'WRAP_UP_OVER' } & Occurrence)
  | ({ readonly type: 'AGENT_SIGNED_OUT' } & Occurrence)
  | ({ readonly type: 'AGENT_LEAVES'; readonly leaves: boolean } & Occurrence)

/** The report of a leg to its call, after every change of its state. */
export interface LegChanged extends Occurrence, Asked {
  readonly type: 'LEG_CHANGED'
  readonly leg: string
  readonly was: LegState
  readonly view: LegView
  readonly cause: LegEvent['type']
}

/** The context of a leg that begins. A leg that comes from another call keeps what it had there. */
export const begun = ({ at, moved, ...facts }: LegInput): LegContext => ({
  ...facts,
  leaves: false,
  talksElsewhere: false,
  stateCause: '',
  startTime: at,
  stateChangeTime: at,
  ...(moved ? { ...moved, ...facts, isMoved: true } : {}),
})

/** How long an agent hears that an attempt has failed, in milliseconds. Then the network clears the call. */
export const FAILURE_MS = 30_000

/** The leg as clients see it. */
export function legView({ value, context }: Standing<LegContext>): LegView {
  const { mediaAddress, user, wrapUp, stateCause, startTime, stateChangeTime, far, isDialler } = context
  const agent = user === undefined ? {} : { user }
  const state = wireState(value, LEG_STATES)
  const joinable = state === 'HELD' && context.talksElsewhere ? { talksElsewhere: true as const } : {}
  const needs = wrapUp === 'WITH_REASON' ? ({ needsReason: true } as const) : {}
  const known = { ...(far === undefined ? {} : { far }), ...(isDialler ? { isDialler } : {}) }
  return { mediaAddress, ...agent, state, stateCause, startTime, stateChangeTime, ...joinable, ...needs, ...known }
}

/** Does the agent wrap up after the call? Not if the agent is signed out then. */
export const wrapsUp = ({ wrapUp, leaves }: LegContext): boolean => wrapUp !== false && !leaves

/** The actions by state of the leg that are documented, in the order of the wire (`dialog 3`). */
const DOCUMENTED: Readonly<Record<LegState, readonly string[]>> = {
  INITIATING: ['UPDATE_CALL_DATA', 'DROP'],
  INITIATED: ['UPDATE_CALL_DATA', 'DROP'],
  ALERTING: ['ANSWER'],
  ACTIVE: ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
  HELD: ['UPDATE_CALL_DATA', 'DROP', 'RETRIEVE'],
  FAILED: ['DROP'],
  WRAP_UP: ['UPDATE_CALL_DATA'],
  DROPPED: [],
  ACCEPTED: [],
}

/** Only actions that work are shown. */
const supported = (documented: readonly string[]): readonly CallAction[] =>
  documented.flatMap((name) => CALL_ACTIONS.find((action) => action === name) ?? [])

const LEG_ACTIONS = new Map(LEG_STATES.map((state) => [state, supported(DOCUMENTED[state])]))

/**
 * The actions that a leg allows (`dialog 3`). The list is shown to clients, and it is the check: every other action is
 * refused. It follows from the leg and is never stored.
 */
export function legActions({
  state,
  talksElsewhere,
  dropsOthers,
  monitors,
  ...more
}: Pick<LegView, 'state' | 'monitors' | (typeof RIGHTS)[number]>): readonly ListedAction[] {
  if (monitors) return monitors === 'SUPERVISOR' && state === 'ACTIVE' ? LISTENS : []
  if (more.reserved && state === 'ALERTING') return RESERVATION_ACTIONS
  const always = LEG_ACTIONS.get(state) ?? []
  const joins: readonly CallAction[] = state === 'HELD' && talksElsewhere ? ['TRANSFER', 'CONFERENCE'] : []
  const drops: readonly CallAction[] = dropsOthers && TALKS.includes(state) ? ['PARTICIPANT_DROP'] : []
  const ofCampaign = more.ofCampaign && IN_HAND.includes(state) ? campaignActions(more) : []
  return joins.length + drops.length + ofCampaign.length === 0 ? always : [...always, ...joins, ...drops, ...ofCampaign]
}

/** What a supervisor who listens may do. The agent may do nothing. */
const LISTENS: readonly ListedAction[] = ['DROP', 'BARGE_CALL']
/** What decides about the actions of a leg, beside its state. */
const RIGHTS = ['talksElsewhere', 'dropsOthers', 'reserved', 'ofCampaign', 'hasCallback'] as const

/** The actions on the reservation of a campaign, until the agent has decided (`dialog 3`). */
const RESERVATION_ACTIONS = ['ACCEPT', 'CLOSE', 'REJECT'] as const satisfies readonly CallAction[]

/** The actions on a call with a customer of a campaign. Their place in the list is ours. */
const campaignActions = ({ hasCallback }: Pick<LegView, 'hasCallback'>): readonly CallAction[] => [
  'RECLASSIFY',
  'UPDATE_SCHEDULED_CALLBACK',
  ...(hasCallback ? (['CANCEL_SCHEDULED_CALLBACK'] as const) : []),
]

/** The states of a leg in which the agent may say what became of the customer of a campaign. */
const IN_HAND: readonly LegState[] = ['ACTIVE', 'HELD', 'WRAP_UP']

/** The states of a leg that is connected. */
const TALKS: readonly LegState[] = ['ACTIVE', 'HELD']
