/**
 * A user, as the followed Finesse reports it, with followed media. It has the states of `machines/user.ts`. All of them
 * come from Finesse: it signs out a user whose sessions are gone, and calls change no state here.
 */
import { assertEvent, assign, emit, sendParent } from 'xstate'
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

const followed = user.extend({
  guards: {
    isToldToBe: ({ event }, params: { state: UserState }) =>
      event.type === 'USER_EVENT' && event.state === params.state,
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
            actions: ['signOutOfMedia', 'forgetPresence'],
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
            actions: ['noteReason', 'signOutOfMedia', 'forgetPresence'],
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
