/**
 * A call of one agent, as the followed Finesse reports it on the node of that agent. It has the states of
 * `machines/call.ts`, and one leg for each party. All states come from Finesse. Of a call between two agents each agent
 * has one, because Finesse tells both of them, and may tell them different things (`dialog 6.4`).
 */
import { assertEvent, assign, emit, sendParent, setup, stopChild } from 'xstate'
import { callMachine } from '../call.ts'
import type { Effect } from '../effects.ts'
import { aloud, type Reported } from '../report.ts'
import { by, type RowMeta, type StateMeta } from '../rules.ts'
import { stepsOf } from '../steps.ts'
import { CALL_STATES, type CallState } from '../wire.ts'
import { wireState } from '../wire-state.ts'
import { beginning } from './beginning.ts'
import {
  comesAgain,
  type FollowedCallContext,
  type FollowedCallEvent,
  type FollowedCallInput,
  type FollowedCallNews,
  factsOf,
  legsIn,
  ownState,
} from './call-model.ts'
import { followedLegMachine } from './leg.ts'
import { step } from './step.ts'

const steps = stepsOf(callMachine)

const guarded = setup({
  types: {
    context: {} as FollowedCallContext,
    events: {} as FollowedCallEvent,
    input: {} as FollowedCallInput,
    emitted: {} as Effect | Reported<FollowedCallNews>,
    meta: {} as StateMeta,
    transitionMeta: {} as RowMeta,
  },
  actors: { leg: followedLegMachine },
  guards: {
    begins: ({ context }, params: { state: CallState }) => context.begins === params.state,
    isToldToBe: ({ event }, params: { state: CallState }) => event.call.state === params.state,
    isOver: ({ event }) => event.change === 'REMOVED',
  },
})

/** What the user is told of the report. */
function newsOf({ user, isKnown }: FollowedCallContext, { change, call, at }: FollowedCallEvent): FollowedCallNews {
  const leg = change === 'REMOVED' ? 'DROPPED' : ownState(call, user)
  const type = change === 'REMOVED' ? 'CALL_REMOVED' : isKnown ? 'CALL_CHANGED' : 'CALL_ADDED'
  return { type, leg, call, notAnswered: false, at }
}

const followed = guarded.extend({
  actions: {
    tellStep: emit(
      ({ context, self }, { state }: { state: CallState }): Effect =>
        step(`call ${context.dialog}`, steps, wireState(self.getSnapshot().value, CALL_STATES), state),
    ),
    /** Each party gets its state. A party that is new, or has come again, begins with it. */
    followLegs: guarded.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'USER_EVENT')
      const { dialog, legs: before } = context
      const legs = legsIn(context, event.call.legs)
      for (const leg of Object.keys(before)) if (!(leg in legs)) enqueue(stopChild(leg))
      for (const [leg, party] of Object.entries(legs)) {
        const known = before[leg]
        if (known && !comesAgain(known, party)) enqueue.sendTo(leg, { type: 'USER_EVENT', party, at: event.at })
        else {
          if (known) enqueue(stopChild(leg))
          enqueue.spawnChild('leg', { id: leg, input: { dialog, party } })
        }
      }
      enqueue.assign({ legs })
    }),
    noteWhatWasTold: assign(({ event }) => {
      assertEvent(event, 'USER_EVENT')
      return { facts: factsOf(event.call) }
    }),
    tellUser: emit(({ context, event }) => aloud({ report: newsOf(context, event) })),
    noteThatItIsKnown: assign({ isKnown: true }),
  },
})

const follows = (state: CallState) =>
  ({
    ...by('user 5.1', `The followed Finesse reports ${state}.`),
    guard: { type: 'isToldToBe', params: { state } },
    target: `.${state}`,
    actions: [
      { type: 'tellStep', params: { state } },
      'followLegs',
      'noteWhatWasTold',
      'tellUser',
      'noteThatItIsKnown',
    ],
  }) as const

const told = (state: CallState) => ({ description: `The followed Finesse reports ${state}.` })

export const followedCallMachine = followed.createMachine({
  id: 'call',
  context: ({ input: { user, call } }) => ({
    dialog: call.dialog,
    user,
    begins: call.state,
    facts: factsOf(call),
    legs: {},
    isKnown: false,
  }),
  initial: 'beginning',
  on: {
    USER_EVENT: [
      {
        ...by('user 5.1', 'The followed Finesse reports that the call has ended for the agent.'),
        guard: 'isOver',
        target: '.DROPPED',
        actions: ['followLegs', 'noteWhatWasTold', 'tellUser'],
      },
      ...CALL_STATES.map(follows),
    ],
  },
  states: {
    beginning: beginning('DROPPED', CALL_STATES),
    INITIATING: told('INITIATING'),
    INITIATED: told('INITIATED'),
    ALERTING: told('ALERTING'),
    ACCEPTED: told('ACCEPTED'),
    ACTIVE: told('ACTIVE'),
    FAILED: told('FAILED'),
    // No final state: Finesse may report the call again as long as the agent has not left it for good.
    DROPPED: { description: 'Nobody is on the call any more, as the followed Finesse reports.' },
  },
})

/** A followed call below a followed user. */
export const followedCallOfUser = followedCallMachine.provide({
  actions: { tellUser: sendParent(({ context, event }) => newsOf(context, event)) },
})
