/**
 * The leg of one participant of a call: an agent or an outside party. The rows are those of `dialog 2.2`.
 *
 * Only this machine has the state of the leg. It reports each change to its call, which tells the agents.
 */
import { assign, emit, enqueueActions, setup } from 'xstate'
import type { Effect } from '../effects.ts'
import { aloud, type Reported } from '../report.ts'
import { by, leadsTo, ownWork, type RowMeta, type RuleId, type StateMeta } from '../rules.ts'
import type { LegState } from '../wire.ts'
import {
  begun,
  FAILURE_MS,
  type LegBeginning,
  type LegChanged,
  type LegContext,
  type LegEvent,
  type LegInput,
  legView,
  wrapsUp,
} from './leg-model.ts'

/** A step of a leg. */
export interface Change {
  readonly was: LegState
  readonly state: LegState
}

/** The report about a change. */
export function legChanged(context: LegContext, event: LegEvent, { was, state }: Change): LegChanged {
  const { type: cause, at, requestId } = event
  return {
    type: 'LEG_CHANGED',
    leg: context.leg,
    was,
    view: legView({ value: state, context }),
    cause,
    ...('by' in event && event.by !== undefined ? { by: event.by } : {}),
    ...(requestId === undefined ? {} : { requestId }),
    at,
  }
}

/**
 * The deadline that ends the ringing: the call knows when nobody answers, and a party outside when it does. A call may
 * have several legs that rang in other calls before, and each of them has a deadline of its own.
 */
const ringEnd = ({ dialog, leg, outside, isMoved }: LegContext) =>
  outside?.answers
    ? ({ owner: leg, name: 'ANSWER_DUE' } as const)
    : ({ owner: isMoved ? leg : dialog, name: 'RING_TIMEOUT' } as const)

const leg = setup({
  types: {
    context: {} as LegContext,
    events: {} as LegEvent,
    input: {} as LegInput,
    emitted: {} as Effect | Reported<LegChanged>,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  guards: {
    begins: ({ context }, params: { state: LegBeginning }) => context.begins === params.state,
    wrapsUp: ({ context }) => wrapsUp(context),
    talksElsewhere: ({ context }) => context.talksElsewhere,
    isNewsOfTalk: ({ context, event }) => event.type === 'AGENT_TALKS' && event.elsewhere !== context.talksElsewhere,
    leavesNow: ({ event }) => event.type === 'AGENT_LEAVES' && event.leaves,
  },
  actions: {
    noteTime: assign({ stateChangeTime: ({ event }) => event.at }),
    /** Ringing and talk have different start times (`dialog 1.2`). */
    beginTalk: assign({ startTime: ({ event }) => event.at }),
    noteCause: assign(({ event }) => (event.type === 'FAILS' ? { stateCause: event.stateCause } : {})),
    noteTransfer: assign({ stateCause: 'OTHER' }),
    noteLeaving: assign(({ event }) => ({ leaves: event.type !== 'AGENT_LEAVES' || event.leaves })),
    noteTalk: assign(({ event }) => ({ talksElsewhere: event.type === 'AGENT_TALKS' && event.elsewhere })),
    takeLine: emit(
      ({ context, event }): Effect => ({
        type: 'leg.takesLine',
        user: context.user ?? '',
        dialog: context.dialog,
        requestId: event.requestId ?? '',
      }),
    ),
    tellCall: emit(({ context, event }, params: Change) => aloud({ report: legChanged(context, event, params) })),
    armRing: emit(
      ({ context }): Effect => ({
        type: 'deadline.armed',
        ...ringEnd(context),
        due: context.startTime + (context.ringMs ?? 0),
      }),
    ),
    forgetRing: assign({ ringMs: null }),
    clearRing: emit(({ context }): Effect => ({ type: 'deadline.cleared', ...ringEnd(context) })),
    /** A party outside hangs up some time after its answer. */
    armTalk: enqueueActions(({ context, enqueue }) => {
      const { leg: owner, startTime, outside } = context
      const talkMs = outside?.talkMs ?? null
      if (talkMs !== null) enqueue.emit({ type: 'deadline.armed', owner, name: 'TALK_OVER', due: startTime + talkMs })
    }),
    clearTalk: enqueueActions(({ context: { leg: owner, outside }, enqueue }) => {
      if (outside && outside.talkMs !== null) enqueue.emit({ type: 'deadline.cleared', owner, name: 'TALK_OVER' })
    }),
    armFailure: emit(
      ({ context: { leg: owner, stateChangeTime } }): Effect => ({
        type: 'deadline.armed',
        owner,
        name: 'FAILURE_TIMEOUT',
        due: stateChangeTime + FAILURE_MS,
      }),
    ),
    clearFailure: emit(
      ({ context: { leg: owner } }): Effect => ({ type: 'deadline.cleared', owner, name: 'FAILURE_TIMEOUT' }),
    ),
  },
})

/** A row of a leg in the state `was` that leads to `state`. `first`: actions for what begins with it. */
const becomes = (
  rules: RuleId | readonly RuleId[],
  was: LegState,
  state: LegState,
  description?: string,
  ...first: readonly 'beginTalk'[]
) =>
  ({
    ...by(rules, description),
    target: state,
    actions: ['noteTime', ...first, 'noteCause', { type: 'tellCall', params: { was, state } }],
  }) as const

/** A row that connects the leg for the first time. */
const connects = (rules: RuleId | readonly RuleId[], was: LegState, description?: string) =>
  becomes(rules, was, 'ACTIVE', description, 'beginTalk')

/** Before the leg is connected, the call on which the agent talks goes on hold. */
const takesLine = { ...by('dialog 6.3'), guard: 'talksElsewhere', actions: 'takeLine' } as const

const notesTalk = {
  ...by('V45', 'Whether the agent talks on another call has changed.'),
  actions: 'noteTalk',
} as const

const begins = (state: LegBeginning, rules: RuleId | readonly RuleId[], description: string) =>
  ({ ...by(rules, description), guard: { type: 'begins', params: { state } }, target: state }) as const

const notesLeaving = {
  ...by('ruling 47', 'Whether the agent is signed out when the call ends has changed.'),
  actions: 'noteLeaving',
} as const

const signedOutLater = {
  ...by('ruling 47', 'The agent is signed out, and the call goes on without wrap-up.'),
  actions: 'noteLeaving',
} as const

/** The rows of a leg that calls and is not connected, when its agent is signed out. */
const leavesUnheard = (was: 'INITIATING' | 'INITIATED' | 'FAILED') =>
  ({
    AGENT_TALKS: notesTalk,
    AGENT_SIGNED_OUT: becomes('ruling 47', was, 'DROPPED', 'The agent is signed out, and the attempt to call ends.'),
    AGENT_LEAVES: notesLeaving,
  }) as const

/** The rows of a leg that is connected, talking or on hold. */
const connected = (was: 'ACTIVE' | 'HELD') =>
  ({
    DROP: [
      {
        guard: 'wrapsUp',
        ...becomes(['V9', 'V6', 'V31'], was, 'WRAP_UP', 'The agent hangs up and wraps up.'),
      },
      becomes(was === 'HELD' ? ['V9', 'V7', 'V43'] : ['V9', 'V7'], was, 'DROPPED', 'The party hangs up.'),
    ],
    CLEARED: [
      { guard: 'wrapsUp', ...becomes(['V6', 'V86'], was, 'WRAP_UP') },
      becomes(
        ['V5', 'V9', 'V86'],
        was,
        'DROPPED',
        'The others have hung up or dropped the party, and there is no wrap-up.',
      ),
    ],
    TRANSFERS: [
      {
        guard: 'wrapsUp',
        ...becomes('V63', was, 'WRAP_UP', 'The agent has transferred the call and wraps up.'),
      },
      {
        ...by('V63'),
        target: 'DROPPED',
        actions: ['noteTime', 'noteTransfer', { type: 'tellCall', params: { was, state: 'DROPPED' } }],
      },
    ],
    REFUSED: becomes('ruling 47', was, 'DROPPED', 'The agent is signed out and cannot be joined.'),
    AGENT_TALKS: notesTalk,
    AGENT_SIGNED_OUT: signedOutLater,
    AGENT_LEAVES: notesLeaving,
  }) as const

export const legMachine = leg.createMachine({
  id: 'leg',
  context: ({ input }) => begun(input),
  initial: 'beginning',
  states: {
    beginning: {
      description: 'How the party comes to the call decides the first state, and clients never see this one.',
      always: [
        begins('ALERTING', 'V2', 'The call rings at the party.'),
        begins('INITIATED', 'V2', 'The caller of an inbound call.'),
        begins('INITIATING', 'dialog 2.2', 'The agent is off-hook.'),
        begins('HELD', 'V60', 'The party comes from another call, which it had put on hold.'),
        begins('WRAP_UP', 'V60', 'The agent had left the other call and wraps up.'),
        { ...ownWork('The party is connected from the first moment on.'), target: 'ACTIVE' },
      ],
    },
    INITIATING: {
      description: 'The device is off-hook.',
      ...leadsTo('INITIATED', 'ACTIVE', 'FAILED', 'DROPPED'),
      on: {
        DIALLED: becomes('V22', 'INITIATING', 'INITIATED'),
        DROP: becomes('V28', 'INITIATING', 'DROPPED'),
        REFUSED: becomes('V32', 'INITIATING', 'DROPPED'),
        ...leavesUnheard('INITIATING'),
      },
    },
    INITIATED: {
      description: 'The party has called.',
      ...leadsTo('ACTIVE', 'FAILED', 'DROPPED'),
      on: {
        CONNECTED: [takesLine, connects(['V3', 'V24', 'V54'], 'INITIATED', 'The other party has answered.')],
        LINE_IS_FREE: connects(
          ['V24', 'dialog 6.3'],
          'INITIATED',
          'The other party has answered, and the other call of the agent is on hold.',
        ),
        FAILS: becomes(['V25', 'V26'], 'INITIATED', 'FAILED', 'The number is busy or bad.'),
        DROP: becomes('V11', 'INITIATED', 'DROPPED', 'The caller gives up.'),
        ...leavesUnheard('INITIATED'),
      },
    },
    ALERTING: {
      description: 'It rings at the party.',
      ...leadsTo('ACTIVE', 'ACCEPTED', 'DROPPED'),
      entry: 'armRing',
      exit: ['clearRing', 'forgetRing'],
      on: {
        ANSWER: [takesLine, connects('V3', 'ALERTING')],
        LINE_IS_FREE: connects(['V3', 'dialog 6.3'], 'ALERTING', 'The agent answers, and the other call is on hold.'),
        AGENT_TALKS: notesTalk,
        ANSWER_DUE: connects('V24', 'ALERTING', 'The party outside answers.'),
        ACCEPT: becomes('V111', 'ALERTING', 'ACCEPTED', 'The dialler may call the customer.'),
        REJECT: becomes('V114', 'ALERTING', 'DROPPED', 'The agent leaves the customer to another agent.'),
        CLOSE: becomes('V114', 'ALERTING', 'DROPPED', 'Nobody is to call the customer.'),
        DROP: becomes('V25', 'ALERTING', 'DROPPED', 'The party outside does not take the call.'),
        RING_TIMEOUT: becomes('V10', 'ALERTING', 'DROPPED', 'It rang for the longest time that is allowed.'),
        AGENT_SIGNED_OUT: becomes(
          'ruling 47',
          'ALERTING',
          'DROPPED',
          'The agent is signed out, and the call ends as not answered.',
        ),
        AGENT_LEAVES: notesLeaving,
        CLEARED: becomes('V11', 'ALERTING', 'DROPPED'),
        REFUSED: becomes('ruling 47', 'ALERTING', 'DROPPED', 'The agent is signed out and cannot take it.'),
      },
    },
    ACCEPTED: {
      description: 'The agent waits until the dialler has reached a customer.',
      ...leadsTo('DROPPED'),
      on: {
        AGENT_TALKS: notesTalk,
        AGENT_LEAVES: notesLeaving,
        CLEARED: becomes(
          ['V112', 'V113'],
          'ACCEPTED',
          'DROPPED',
          'The agent has the call with the customer, or the customer was not reached.',
        ),
        REFUSED: becomes('U15', 'ACCEPTED', 'DROPPED', 'The agent has left the reservation.'),
        AGENT_SIGNED_OUT: becomes(
          'ruling 47',
          'ACCEPTED',
          'DROPPED',
          'The agent is signed out, and the dialler gives up.',
        ),
      },
    },
    ACTIVE: {
      description: 'The party is connected.',
      ...leadsTo('HELD', 'WRAP_UP', 'DROPPED'),
      entry: 'armTalk',
      exit: 'clearTalk',
      on: {
        ...connected('ACTIVE'),
        HOLD: becomes(['V40', 'V41'], 'ACTIVE', 'HELD'),
        TALK_OVER: becomes('V30', 'ACTIVE', 'DROPPED', 'The party outside has talked for long enough.'),
      },
    },
    HELD: {
      description: 'The party has put the call on hold.',
      ...leadsTo('ACTIVE', 'WRAP_UP', 'DROPPED'),
      on: {
        ...connected('HELD'),
        AGENT_TALKS: {
          ...by('V55'),
          guard: 'isNewsOfTalk',
          actions: ['noteTalk', { type: 'tellCall', params: { was: 'HELD', state: 'HELD' } }],
        },
        CONFERENCES: becomes('V80', 'HELD', 'ACTIVE', 'The agent is connected to all of them.'),
        RETRIEVE: [takesLine, becomes('V42', 'HELD', 'ACTIVE')],
        LINE_IS_FREE: becomes(
          ['V42', 'V57', 'dialog 6.3'],
          'HELD',
          'ACTIVE',
          'The agent retrieves the call, and the other one is on hold.',
        ),
      },
    },
    FAILED: {
      description: 'The attempt to call has failed.',
      ...leadsTo('DROPPED'),
      entry: 'armFailure',
      exit: 'clearFailure',
      on: {
        DROP: becomes('V27', 'FAILED', 'DROPPED'),
        FAILURE_TIMEOUT: becomes(
          'V27',
          'FAILED',
          'DROPPED',
          'The agent did not hang up after the failure, and the network clears the call.',
        ),
        ...leavesUnheard('FAILED'),
      },
    },
    WRAP_UP: {
      description: 'The agent has left the call and wraps up.',
      ...leadsTo('DROPPED'),
      on: {
        WRAP_UP_OVER: becomes('V8', 'WRAP_UP', 'DROPPED'),
        AGENT_SIGNED_OUT: becomes(
          'ruling 47',
          'WRAP_UP',
          'DROPPED',
          'The agent is signed out, which ends the wrap-up.',
        ),
        AGENT_LEAVES: [
          {
            guard: 'leavesNow',
            ...becomes('ruling 47', 'WRAP_UP', 'DROPPED', 'The agent leaves, which ends the wrap-up.'),
          },
          notesLeaving,
        ],
      },
    },
    DROPPED: { description: 'The party has left.' },
  },
})
