/**
 * A user, as the followed Finesse reports it, with followed media and calls. It has the states of `machines/user.ts`. All
 * of them come from Finesse: it signs out a user whose sessions are gone, and calls change no state here.
 */
import { assertEvent, assign, emit, sendParent, stopChild } from 'xstate'
import type { Effect } from '../effects.ts'
import type { MediaReport } from '../media/model.ts'
import type { ReportParams } from '../report.ts'
import { by, ownWork } from '../rules.ts'
import { stepsOf } from '../steps.ts'
import { user } from '../user/actions/index.ts'
import { WRAP_UP } from '../user/actions/wrap-ups.ts'
import { userState } from '../user/model.ts'
import { complete } from '../user/standard.ts'
import { signedOut } from '../user/start.ts'
import { sidesAndPresence, userMachine } from '../user.ts'
import { USER_STATES, type UserState } from '../wire.ts'
import { shown } from '../wire-state.ts'
import { followedMediaMachine } from './media.ts'
import { step } from './step.ts'

/** A followed medium below a followed user. */
export const followedMediumOfUser = followedMediaMachine.provide({
  actions: { report: sendParent((_, params: ReportParams<MediaReport>) => params.report) },
})

const steps = stepsOf(userMachine)

/** Id of the child that is this call. */
const childOf = (dialog: string): string => `call:${dialog}`

const followed = user.extend({
  guards: {
    isToldToBe: ({ event }, params: { state: UserState }) =>
      event.type === 'USER_EVENT' && event.state === params.state,
    isNewCall: ({ context, event }) =>
      event.type === 'CALL_EVENT' && event.change !== 'REMOVED' && !(event.call.dialog in context.legs),
    isKnownCall: ({ context, event }) => event.type === 'CALL_EVENT' && event.call.dialog in context.legs,
  },
  actions: {
    tellStep: emit(
      ({ self }, { state }: { state: UserState }): Effect => step('user', steps, userState(self.getSnapshot()), state),
    ),
    noteWhatWasTold: assign(({ context, event }) => {
      assertEvent(event, 'USER_EVENT')
      const extension = event.extension ?? context.extension
      const news = event.reason?.id !== context.reason?.id || extension !== context.extension
      return { reason: event.reason, extension, news: context.news || news }
    }),
    /** The call begins in the reported state, and then gets the report like any other. */
    addCallToldOf: user.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'CALL_EVENT')
      const { call } = event
      enqueue.spawnChild('call', { id: childOf(call.dialog), input: { user: context.user, call } })
    }),
    passToCall: user.enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'CALL_EVENT')
      const { change, call, at } = event
      enqueue.sendTo(childOf(call.dialog), { type: 'USER_EVENT', change, call, at })
    }),
    noteCallToldOf: assign(({ context, event }) => {
      assertEvent(event, ['CALL_ADDED', 'CALL_CHANGED'])
      return { legs: { ...context.legs, [event.call.dialog]: { state: event.leg, call: event.call } } }
    }),
    publishCallToldOf: emit(({ event }): Effect => {
      assertEvent(event, ['CALL_ADDED', 'CALL_CHANGED'])
      return { type: event.type === 'CALL_ADDED' ? 'call.added' : 'call.changed', call: event.call, requestId: '' }
    }),
    forgetCall: user.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'CALL_REMOVED')
      const { [event.call.dialog]: _, ...legs } = context.legs
      enqueue.assign({ legs })
      enqueue(stopChild(childOf(event.call.dialog)))
    }),
    forgetCalls: user.enqueueActions(({ context, enqueue }) => {
      for (const dialog of Object.keys(context.legs)) enqueue(stopChild(childOf(dialog)))
      enqueue.assign({ legs: {} })
    }),
    /** The deadline of the wrap-up has no effect here, because the followed Finesse ends the wrap-up. */
    armFollowedWrapUp: emit(
      ({ context, event }): Effect => ({ ...WRAP_UP, type: 'deadline.armed', due: event.at + context.config.wrapUpMs }),
    ),
    clearFollowedWrapUp: emit({ ...WRAP_UP, type: 'deadline.cleared' } satisfies Effect),
  },
})

const follows = (state: UserState) =>
  ({
    ...by('user 5.1', `The followed Finesse reports ${state}.`),
    guard: { type: 'isToldToBe', params: { state } },
    target: state === 'LOGOUT' ? '#user.LOGOUT' : `#user.SIGNED_IN.${state}`,
    actions: [{ type: 'tellStep', params: { state } }, 'noteWhatWasTold'],
  }) as const

const told = (state: UserState) => ({ description: `The followed Finesse reports ${state}.`, ...shown(state) }) as const

const wrapsUp = (state: 'WORK' | 'WORK_READY') => {
  const { entry, exit } = shown(state)
  return { ...told(state), entry: [entry, 'armFollowedWrapUp'], exit: [exit, 'clearFollowedWrapUp'] } as const
}

const toMedium = {
  ...by('user 5.1', 'The followed Finesse reports a medium or a dialog.'),
  actions: 'toMedium',
} as const

const linkIsBack = ['noteCutOff', 'regainLink', 'republishDialogs'] as const

export const followedUserMachine = followed
  .createMachine({
    id: 'user',
    context: ({ input, spawn }) =>
      signedOut(complete(input), {
        medium: (mrd, medium) => spawn('media', { id: `media:${mrd}`, input: medium }),
        presence: (side, presence) => spawn('presence', { id: `presence:${side}`, input: presence }),
      }),
    initial: 'LOGOUT',
    on: {
      USER_EVENT: USER_STATES.map(follows),
      MEDIA_EVENT: toMedium,
      TASK_EVENT: toMedium,
      CALL_EVENT: [
        {
          ...by('user 5.1', 'The followed Finesse reports a new call.'),
          guard: 'isNewCall',
          actions: ['addCallToldOf', 'passToCall'],
        },
        {
          ...by('user 5.1', 'The followed Finesse reports a call.'),
          guard: 'isKnownCall',
          actions: 'passToCall',
        },
        by('user 5.1', 'The followed Finesse reports the end of a call that is not known.'),
      ],
      CALL_ADDED: {
        ...by('user 5.1', 'The call is new to the user.'),
        actions: ['noteCallToldOf', 'publishCallToldOf'],
      },
      CALL_CHANGED: {
        ...by('user 5.1', 'The call has changed, which changes no state of the user here.'),
        actions: ['noteCallToldOf', 'publishCallToldOf'],
      },
      CALL_REMOVED: {
        ...by('user 5.1', 'The call has ended for the user.'),
        actions: ['publishCallRemoved', 'forgetCall'],
      },
      ...sidesAndPresence,
      LINK_LOST: { ...by('P5'), actions: ['noteCutOff', 'loseLink'] },
      CONFIGURED: { ...ownWork('The directory has changed.'), actions: ['configureOthers', 'configure'] },
    },
    states: {
      LOGOUT: {
        description: 'The followed Finesse reports LOGOUT.',
        entry: ['forgetSignIn', shown('LOGOUT').entry],
        exit: shown('LOGOUT').exit,
        on: {
          LINK_BACK: { ...by('P7', 'The link of a side is back.'), actions: linkIsBack },
          REMOVED: {
            ...ownWork('The user is not in the directory any more, and is not followed any longer.'),
            actions: ['signOutOfMedia', 'forgetCalls', 'forgetPresence'],
          },
        },
      },
      SIGNED_IN: {
        description: 'The user is signed in to voice.',
        initial: 'UNKNOWN',
        on: {
          LINK_BACK: { ...by(['P7', 'notifications 12.3']), actions: ['publishThere', ...linkIsBack] },
          REMOVED: {
            ...ownWork('The user is not in the directory any more, and is not followed any longer.'),
            target: 'LOGOUT',
            actions: ['noteReason', 'signOutOfMedia', 'forgetCalls', 'forgetPresence'],
          },
        },
        states: {
          NOT_READY: told('NOT_READY'),
          READY: told('READY'),
          RESERVED: told('RESERVED'),
          RESERVED_OUTBOUND: told('RESERVED_OUTBOUND'),
          RESERVED_OUTBOUND_PREVIEW: told('RESERVED_OUTBOUND_PREVIEW'),
          TALKING: told('TALKING'),
          HOLD: told('HOLD'),
          WORK: wrapsUp('WORK'),
          WORK_READY: wrapsUp('WORK_READY'),
          UNKNOWN: told('UNKNOWN'),
        },
      },
    },
  })
  .provide({ actors: { media: followedMediumOfUser } })
