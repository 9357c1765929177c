/**
 * One party of a call, as the followed Finesse reports it. It has the states of `machines/call/leg.ts`. All of them come
 * from Finesse: no deadline ends the ringing, and nobody is connected by this machine.
 */
import { assertEvent, assign, emit, setup } from 'xstate'
import { legMachine } from '../call/leg.ts'
import type { Effect, LegView } from '../effects.ts'
import type { Occurrence } from '../occurrence.ts'
import { by, type RowMeta, type StateMeta } from '../rules.ts'
import { stepsOf } from '../steps.ts'
import { LEG_STATES, type LegState } from '../wire.ts'
import { wireState } from '../wire-state.ts'
import { beginning } from './beginning.ts'
import { step } from './step.ts'

export interface FollowedLegInput {
  /** Id of the call. */
  readonly dialog: string
  /** The party as it was reported first. */
  readonly party: LegView
}

/** The party without its state, which only the chart has. */
export interface FollowedLegContext {
  readonly dialog: string
  readonly begins: LegState
  readonly party: Omit<LegView, 'state'>
}

export type FollowedLegEvent = { readonly type: 'USER_EVENT'; readonly party: LegView } & Occurrence

const steps = stepsOf(legMachine)

const withoutState = ({ state: _, ...party }: LegView): Omit<LegView, 'state'> => party

/** The party in words that name no number of a customer. */
const nameOf = ({ dialog, party: { user } }: FollowedLegContext): string =>
  `${user === undefined ? 'a party outside' : `agent ${user}`} on call ${dialog}`

const followed = setup({
  types: {
    context: {} as FollowedLegContext,
    events: {} as FollowedLegEvent,
    input: {} as FollowedLegInput,
    emitted: {} as Effect,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  guards: {
    begins: ({ context }, params: { state: LegState }) => context.begins === params.state,
    isToldToBe: ({ event }, params: { state: LegState }) => event.party.state === params.state,
  },
  actions: {
    tellStep: emit(
      ({ context, self }, { state }: { state: LegState }): Effect =>
        step(nameOf(context), steps, wireState(self.getSnapshot().value, LEG_STATES), state),
    ),
    noteWhatWasTold: assign(({ event }) => {
      assertEvent(event, 'USER_EVENT')
      return { party: withoutState(event.party) }
    }),
  },
})

const follows = (state: LegState) =>
  ({
    ...by('user 5.1', `The followed Finesse reports ${state}.`),
    guard: { type: 'isToldToBe', params: { state } },
    target: `.${state}`,
    actions: [{ type: 'tellStep', params: { state } }, 'noteWhatWasTold'],
  }) as const

const told = (state: LegState) => ({ description: `The followed Finesse reports ${state}.` })

export const followedLegMachine = followed.createMachine({
  id: 'leg',
  context: ({ input: { dialog, party } }) => ({ dialog, begins: party.state, party: withoutState(party) }),
  initial: 'beginning',
  on: { USER_EVENT: LEG_STATES.map(follows) },
  states: {
    beginning: beginning('DROPPED', LEG_STATES),
    INITIATING: told('INITIATING'),
    INITIATED: told('INITIATED'),
    ALERTING: told('ALERTING'),
    ACCEPTED: told('ACCEPTED'),
    ACTIVE: told('ACTIVE'),
    HELD: told('HELD'),
    FAILED: told('FAILED'),
    WRAP_UP: told('WRAP_UP'),
    DROPPED: told('DROPPED'),
  },
})
