/**
 * One user in one nonvoice MRD, as the followed Finesse reports it. It has the states of `machines/media.ts`. All
 * states come from Finesse, except when a link is lost or comes back, and when the user is removed from the directory.
 */
import { assertEvent, assign, emit, sendParent } from 'xstate'
import type { Effect } from '../effects.ts'
import { media, timesOf } from '../media/actions.ts'
import { ladder } from '../media/ladder.ts'
import { mediaState, signedOut } from '../media/model.ts'
import { completeMedium } from '../media/standard.ts'
import { mediaMachine } from '../media.ts'
import { by, ownWork } from '../rules.ts'
import { stepsOf } from '../steps.ts'
import { dialogChanged } from '../task/actions.ts'
import { MEDIA_STATES, type MediaState, type TaskState } from '../wire.ts'
import { shown } from '../wire-state.ts'
import { step } from './step.ts'
import { followedTaskMachine } from './task.ts'

/** A followed dialog below a followed medium. */
export const followedTaskOfMedium = followedTaskMachine.provide({
  actions: {
    tellMedium: sendParent(({ context, event }, params: { state: TaskState }) =>
      dialogChanged(context, event, params.state),
    ),
  },
})

const steps = stepsOf(mediaMachine)

const followed = media.extend({
  guards: {
    /** The medium of a follower needs no sign-in on a side of this engine. */
    followsLinkBack: ({ event }) => event.type === 'LINK_BACK' && event.byItself,
    isToldToBe: ({ event }, params: { state: MediaState }) =>
      event.type === 'USER_EVENT' && event.state === params.state,
    /** Finesse reports a dialog that is not known yet. */
    isNewDialog: ({ context, event }) =>
      event.type === 'TASK_EVENT' && !(event.dialog in context.dialogs) && event.state !== 'CLOSED',
  },
  actions: {
    tellStep: emit(
      ({ context, self }, { state }: { state: MediaState }): Effect =>
        step(`media ${context.mrd}`, steps, mediaState(self.getSnapshot()), state),
    ),
    noteWhatWasTold: assign(({ context, event }) => {
      assertEvent(event, 'USER_EVENT')
      const routable = event.routable ?? context.routable
      return {
        routable,
        news: context.news || routable !== context.routable,
        declared: event.state === 'NOT_READY' ? ('NOT_READY' as const) : ('READY' as const),
      }
    }),
    /** The new dialog begins as OFFERED. `passToDialog` then gives it the reported state. */
    addDialogToldOf: assign({
      dialogs: ({ context, event, spawn }) => {
        assertEvent(event, 'TASK_EVENT')
        const { dialog, at, variables = [] } = event
        const task = { id: dialog, scriptSelector: '', variables, queueNumber: '', queueName: '', associatedDialog: '' }
        const input = { dialog, mrd: context.mrd, offer: dialog, task, at, ...timesOf(context) }
        return { ...context.dialogs, [dialog]: spawn('task', { id: dialog, input }) }
      },
    }),
    passToDialog: media.enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'TASK_EVENT')
      const { dialog: id, type: _, ...rest } = event
      const dialog = context.dialogs[id]
      if (dialog) enqueue.sendTo(dialog, { type: 'USER_EVENT', ...rest })
    }),
  },
})

const follows = (state: MediaState) =>
  ({
    ...by('user 5.1', `The followed Finesse reports ${state}.`),
    guard: { type: 'isToldToBe', params: { state } },
    target: state === 'LOGOUT' ? '#media.LOGOUT' : `#media.SIGNED_IN.${state}`,
    actions: [{ type: 'tellStep', params: { state } }, 'noteWhatWasTold'],
  }) as const

const told = (state: MediaState) =>
  ({ description: `The followed Finesse reports ${state}.`, ...shown(state) }) as const

export const followedMediaMachine = followed
  .createMachine({
    id: 'media',
    context: ({ input }) => signedOut(completeMedium(input)),
    initial: 'LOGOUT',
    on: {
      USER_EVENT: MEDIA_STATES.map(follows),
      TASK_EVENT: [
        {
          ...by('user 5.1', 'The followed Finesse reports a new dialog.'),
          guard: 'isNewDialog',
          actions: ['addDialogToldOf', 'passToDialog'],
        },
        { ...by('user 5.1', 'The followed Finesse reports the state of a dialog.'), actions: 'passToDialog' },
      ],
      DIALOG_CHANGED: [
        {
          ...by('user 5.1', 'The followed Finesse has closed the dialog.'),
          guard: 'isClosed',
          actions: 'removeDialog',
        },
        by('user 5.1', 'The followed Finesse reports the state of the medium itself.'),
      ],
      USER_SIGNED_OUT: {
        ...ownWork('The user is not in the directory any more, and the medium is not followed any longer.'),
        target: '.LOGOUT',
        actions: ['signOut', 'endDialogs'],
      },
      PATH_LOST: { ...by('D19', 'The application path of the MRDs is down.'), actions: 'notePath' },
      PATH_BACK: { ...by('D19', 'The application path of the MRDs is back.'), actions: 'notePath' },
      REPUBLISH: { ...by('notifications 12.3'), actions: 'republishDialogs' },
    },
    states: {
      LOGOUT: {
        ...told('LOGOUT'),
        on: {
          LINK_BACK: { ...by('P7', 'The link is back for the next sign-in.'), actions: 'reconnect' },
          CONFIGURED: { ...ownWork('The directory has changed.'), actions: 'configure' },
        },
      },
      SIGNED_IN: {
        description: 'The agent is signed in to the MRD.',
        initial: 'LOGIN',
        on: {
          LINK_LOST: {
            ...by('A23', 'A follower does not know the acting side, so the loss of any link counts.'),
            target: '.WORK_NOT_READY',
            actions: 'loseLink',
          },
          CONFIGURED: { ...ownWork('The directory has changed.'), actions: 'noteMembership' },
        },
        states: {
          LOGIN: {
            description: 'A requested state that clients never see.',
            always: { ...by('A1'), target: 'NOT_READY' },
          },
          deriving: ladder,
          NOT_READY: told('NOT_READY'),
          READY: told('READY'),
          RESERVED: told('RESERVED'),
          ACTIVE: told('ACTIVE'),
          PAUSED: told('PAUSED'),
          WORK_READY: told('WORK_READY'),
          INTERRUPTED: told('INTERRUPTED'),
          WORK_NOT_READY: {
            ...told('WORK_NOT_READY'),
            on: {
              LINK_BACK: [
                { ...by(['P7', 'ruling 39']), guard: 'followsLinkBack', target: 'deriving', actions: 'leaveWorkState' },
                {
                  ...by('P7', 'The link is back, and the followed Finesse reports the next state.'),
                  actions: 'reconnect',
                },
              ],
            },
          },
        },
      },
    },
  })
  .provide({ actors: { task: followedTaskOfMedium } })
