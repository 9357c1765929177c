/**
 * One voice dialog with its participants: `dialog 2` and the rows V2-V11 of 6.1. The rest of voice adds rows.
 *
 * The call owns its legs and sends each change to the agent of the leg. The user machine of the agent publishes it, so
 * that one machine decides the order of the notifications of the user and of the dialog.
 */
import { assertEvent, assign, emit, setup } from 'xstate'
import type { CallView, Effect, LegView, NamedValue } from './effects.ts'
import type { Occurrence } from './occurrence.ts'
import { by, type RowMeta } from './rules.ts'
import type { CallAction, CallState, LegState } from './wire.ts'

export interface CallInput {
  readonly dialog: string
}

export interface CallContext extends CallInput {
  readonly fromAddress: string
  readonly toAddress: string
  readonly callType: string
  readonly variables: readonly NamedValue[]
  readonly legs: readonly LegView[]
  /** The agent has to wrap up after this call. */
  readonly wrapUp: boolean
  /**
   * There will be no wrap-up, because the agent is signed out already or will be when the call ends (ruling 47). Absent
   * until an event says so.
   */
  readonly leaves?: boolean
}

export type CallEvent =
  | ({
      readonly type: 'ARRIVES'
      readonly from: string
      readonly to: string
      /** Agent at whose extension the call arrives. */
      readonly user: string
      readonly variables: readonly NamedValue[]
      readonly wrapUp: boolean
      /** The longest time that it rings, in milliseconds. */
      readonly ringMs: number
    } & Occurrence)
  | ({ readonly type: CallAction; readonly user: string; readonly targetMediaAddress: string } & Occurrence)
  | ({ readonly type: 'CALLER_HANGS_UP' } & Occurrence)
  | ({ readonly type: 'LEG_REFUSED'; readonly user: string } & Occurrence)
  | ({ readonly type: 'WRAP_UP_OVER'; readonly user: string } & Occurrence)
  | ({ readonly type: 'AGENT_SIGNED_OUT'; readonly user: string } & Occurrence)
  /** `leaves`: the agent is signed out when the call ends. False if that is cancelled. */
  | ({ readonly type: 'AGENT_LEAVES'; readonly user: string; readonly leaves: boolean } & Occurrence)
  | ({ readonly type: 'RING_TIMEOUT' } & Occurrence)

/** Allowed actions by state of the leg (`dialog 3`), of the actions that this engine supports. */
const LEG_ACTIONS: Readonly<Record<LegState, readonly CallAction[]>> = {
  INITIATING: ['DROP'],
  INITIATED: ['DROP'],
  ALERTING: ['ANSWER'],
  ACTIVE: ['DROP'],
  FAILED: ['DROP'],
  HELD: ['DROP'],
  DROPPED: [],
  WRAP_UP: [],
  ACCEPTED: [],
}

/** The call as clients see it. */
export function callView({
  value: state,
  context,
}: {
  readonly value: CallState
  readonly context: CallContext
}): CallView {
  const { dialog, fromAddress, toAddress, callType, variables, legs } = context
  return { dialog, fromAddress, toAddress, dnis: toAddress, dialedNumber: toAddress, callType, variables, state, legs }
}

const leg = (mediaAddress: string, state: LegState, at: number, user?: string): LegView => ({
  mediaAddress,
  ...(user === undefined ? {} : { user }),
  state,
  stateCause: '',
  actions: LEG_ACTIONS[state],
  startTime: at,
  stateChangeTime: at,
})

/** Moves the caller's or the agent's leg; `startTime` is reset when it becomes ACTIVE (`dialog 1.2`). */
function moved(legs: readonly LegView[], party: 'caller' | 'agent', state: LegState, at: number): readonly LegView[] {
  return legs.map((each) =>
    (each.user === undefined) === (party === 'caller') && each.state !== state
      ? {
          ...each,
          state,
          actions: LEG_ACTIONS[state],
          stateChangeTime: at,
          startTime: state === 'ACTIVE' ? at : each.startTime,
        }
      : each,
  )
}

type Change = 'ADDED' | 'CHANGED' | 'REMOVED'

/** Does the agent wrap up after the call? Not if the agent is signed out then. */
const wrapsUp = ({ wrapUp, leaves = false }: CallContext): boolean => wrapUp && !leaves

const agentLeg = (context: CallContext): LegView | undefined => context.legs.find((each) => each.user !== undefined)

/** A change that is sent to the agent. */
interface Telling {
  readonly change: Change
  /** The change is what the request asked for, not a consequence. Only then it has the requestId (ruling 7). */
  readonly asked: boolean
  /** The state of the call that clients see. */
  readonly state: CallState
}

/** The effect that sends a change to the agent. */
function legEffect(context: CallContext, event: CallEvent, { change, asked, state }: Telling): Effect {
  const agent = agentLeg(context)
  return {
    type: 'leg',
    user: agent?.user ?? '',
    change,
    leg: agent?.state ?? 'DROPPED',
    notAnswered: event.type === 'RING_TIMEOUT' || event.type === 'AGENT_SIGNED_OUT',
    call: callView({ value: state, context }),
    requestId: asked ? (event.requestId ?? '') : '',
  }
}

/** One leg changes its state, and the change is sent to the agent: a line of the tables in `dialog 6`. */
const step = (party: 'caller' | 'agent', leg: LegState, state: CallState) =>
  [
    { type: 'moveLeg', params: { party, state: leg } },
    { type: 'tell', params: { change: 'CHANGED', asked: party === 'agent', state } },
  ] as const
const leaves = (state: CallState) => ({ type: 'tell', params: { change: 'REMOVED', asked: false, state } }) as const
/** One leg changes its state, and nothing is sent to the agent. */
const silently = (party: 'caller' | 'agent', state: LegState) =>
  ({ type: 'moveLeg', params: { party, state } }) as const

const isNotAnswered = { target: 'DROPPED', actions: [silently('agent', 'DROPPED'), leaves('ALERTING')] } as const
const refused = { ...by('dialog 4.1'), actions: 'refuse' } as const
const notesLeaving = {
  ...by('ruling 47', 'Whether the agent is signed out when the call ends has changed.'),
  actions: 'noteLeaving',
} as const
const endsWrapUp = { target: 'DROPPED', actions: [silently('agent', 'DROPPED'), leaves('DROPPED')] } as const

export const callMachine = setup({
  types: {
    context: {} as CallContext,
    events: {} as CallEvent,
    input: {} as CallInput,
    emitted: {} as Effect,
    meta: {} as RowMeta,
  },
  guards: {
    isAllowed: ({ context, event }) =>
      (event.type === 'ANSWER' || event.type === 'DROP') &&
      agentLeg(context)?.user === event.user &&
      (agentLeg(context)?.actions.includes(event.type) ?? false),
    wrapsUp: ({ context }) => wrapsUp(context),
    isWrappingUp: ({ context }) => agentLeg(context)?.state === 'WRAP_UP',
    leavesWrapUp: ({ context, event }) =>
      event.type === 'AGENT_LEAVES' && event.leaves && agentLeg(context)?.state === 'WRAP_UP',
    dropsAndWrapsUp: ({ context, event }) =>
      event.type === 'DROP' && wrapsUp(context) && agentLeg(context)?.state === 'ACTIVE',
  },
  actions: {
    arrive: assign(({ event }) => {
      assertEvent(event, 'ARRIVES')
      return {
        fromAddress: event.from,
        toAddress: event.to,
        variables: event.variables,
        wrapUp: event.wrapUp,
        legs: [leg(event.to, 'ALERTING', event.at, event.user), leg(event.from, 'INITIATED', event.at)],
      }
    }),
    connect: assign(({ context, event }) => ({
      legs: moved(moved(context.legs, 'agent', 'ACTIVE', event.at), 'caller', 'ACTIVE', event.at),
    })),
    noteLeaving: assign(({ event }) => ({ leaves: event.type !== 'AGENT_LEAVES' || event.leaves })),
    moveLeg: assign(({ context, event }, params: { party: 'caller' | 'agent'; state: LegState }) => ({
      legs: moved(context.legs, params.party, params.state, event.at),
    })),
    tell: emit(({ context, event }, params: Telling): Effect => legEffect(context, event, params)),
    armRing: emit(({ context, event }): Effect => {
      assertEvent(event, 'ARRIVES')
      return { type: 'deadline.armed', owner: context.dialog, name: 'RING_TIMEOUT', due: event.at + event.ringMs }
    }),
    clearRing: emit(
      ({ context }): Effect => ({
        type: 'deadline.cleared',
        owner: context.dialog,
        name: 'RING_TIMEOUT',
      }),
    ),
    refuse: emit(
      ({ context, event }): Effect => ({
        type: 'leg.failed',
        user: 'user' in event ? event.user : '',
        dialog: context.dialog,
        failure: 'INVALID_CALL_ACTION',
        detail: `${event.type} on extension ${'targetMediaAddress' in event ? event.targetMediaAddress : ''}`,
        requestId: event.requestId ?? '',
      }),
    ),
  },
}).createMachine({
  id: 'call',
  context: ({ input }) => ({
    ...input,
    fromAddress: '',
    toAddress: '',
    callType: 'OTHER_IN', // an unrouted inbound call (`dialog 1.3`)
    variables: [],
    legs: [],
    wrapUp: false,
  }),
  initial: 'INITIATED',
  on: {
    ANSWER: refused,
    DROP: refused,
  },
  states: {
    INITIATED: {
      description: 'It has not arrived yet.',
      on: {
        ARRIVES: {
          ...by('V2'),
          target: 'ALERTING',
          actions: [
            'arrive',
            'armRing',
            { type: 'tell', params: { change: 'ADDED', asked: false, state: 'ALERTING' } },
          ],
        },
      },
    },
    ALERTING: {
      description: 'It rings at the agent.',
      exit: 'clearRing',
      on: {
        ANSWER: {
          ...by('V3'),
          guard: 'isAllowed',
          target: 'ACTIVE',
          actions: ['connect', { type: 'tell', params: { change: 'CHANGED', asked: true, state: 'ACTIVE' } }],
        },
        RING_TIMEOUT: { ...by('V10', 'It rang for the longest time that is allowed.'), ...isNotAnswered },
        AGENT_SIGNED_OUT: {
          ...by('ruling 47', 'The agent is signed out, and the call ends as not answered.'),
          ...isNotAnswered,
        },
        AGENT_LEAVES: notesLeaving,
        CALLER_HANGS_UP: {
          ...by('V11'),
          target: 'DROPPED',
          actions: [silently('agent', 'DROPPED'), silently('caller', 'DROPPED'), leaves('ALERTING')],
        },
        LEG_REFUSED: {
          ...by('ruling 47', 'The agent is signed out and cannot take it.'),
          target: 'FAILED',
          actions: silently('agent', 'DROPPED'),
        },
      },
    },
    ACTIVE: {
      description: 'Agent and caller talk, or the agent wraps up.',
      on: {
        CALLER_HANGS_UP: [
          { ...by('V6', 'The caller is gone already, and the agent wraps up.'), guard: 'isWrappingUp' },
          {
            ...by(['V6', 'V4'], 'The caller hangs up, and the agent wraps up.'),
            guard: 'wrapsUp',
            actions: [...step('caller', 'DROPPED', 'ACTIVE'), ...step('agent', 'WRAP_UP', 'ACTIVE')],
          },
          {
            ...by(['V4', 'V5', 'V7'], 'The caller hangs up, and the call is over.'),
            target: 'DROPPED',
            actions: [
              ...step('caller', 'DROPPED', 'ACTIVE'),
              ...step('agent', 'DROPPED', 'DROPPED'),
              leaves('DROPPED'),
            ],
          },
        ],
        DROP: [
          {
            ...by(['V9', 'V6'], 'The agent hangs up and wraps up.'),
            guard: 'dropsAndWrapsUp',
            actions: [...step('agent', 'WRAP_UP', 'ACTIVE'), ...step('caller', 'DROPPED', 'ACTIVE')],
          },
          {
            ...by(['V9', 'V7']),
            guard: 'isAllowed',
            target: 'DROPPED',
            actions: [
              ...step('agent', 'DROPPED', 'ACTIVE'),
              ...step('caller', 'DROPPED', 'DROPPED'),
              leaves('DROPPED'),
            ],
          },
          refused,
        ],
        WRAP_UP_OVER: { ...by('V8'), guard: 'isWrappingUp', ...endsWrapUp },
        AGENT_SIGNED_OUT: [
          {
            ...by('ruling 47', 'The agent is signed out, which ends the wrap-up.'),
            guard: 'isWrappingUp',
            ...endsWrapUp,
          },
          notesLeaving,
        ],
        AGENT_LEAVES: [
          { ...by('ruling 47', 'The agent leaves, which ends the wrap-up.'), guard: 'leavesWrapUp', ...endsWrapUp },
          notesLeaving,
        ],
      },
    },
    FAILED: { description: 'The agent could not take it.', type: 'final' },
    DROPPED: { description: 'It is over.', type: 'final' },
  },
})
