/**
 * One user in one nonvoice MRD: `media 4` and the rows A1-A24 of 12.1, with the interrupts I1-I13 of 12.3.
 *
 * Each dialog is a child actor with its own state. The state `deriving` derives the agent state from these states. Its
 * rows are the ranks of `media 4.2`. The machine leaves `deriving` at once, so no input comes while it is there.
 */
import type { MediaFailure } from './failures.ts'
import { media } from './media/actions.ts'
import { ladder } from './media/ladder.ts'
import { signedOut } from './media/model.ts'
import { completeMedium } from './media/standard.ts'
import { by, leadsTo, ownWork } from './rules.ts'
import { shown } from './wire-state.ts'

const refuses = (failure: MediaFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const

const alreadySignedIn = {
  ...by('A2'),
  actions: ['takeSettings', 'tellSignedIn', { type: 'refuse', params: { failure: 'ALREADY_SIGNED_IN_TO_MEDIA' } }],
} as const

const notSignedIn = { ...by('A24'), ...refuses('NOT_SIGNED_IN_TO_MEDIA') } as const

const knownOffer = { ...ownWork('The same offer came before, so it changes nothing.'), guard: 'isKnownOffer' } as const

/** Rows of all states in which the agent has dialogs. */
const interruptible = {
  INTERRUPT: {
    ...by(['I1', 'A15', 'media 12.3']),
    guard: 'acceptsInterrupt',
    target: 'INTERRUPTED',
    actions: ['noteInterrupt', 'interruptDialogs'],
  },
} as const

export const mediaMachine = media.createMachine({
  id: 'media',
  context: ({ input }) => signedOut(completeMedium(input)),
  initial: 'LOGOUT',
  on: {
    CUSTOMER_CANCELS: { ...by('D4'), actions: 'cancelOffer' },
    RESUBMITTED: {
      ...by('D10', 'The ACD has taken a task back, and its dialog is informed.'),
      actions: 'passResubmission',
    },
    RESUBMISSION_REFUSED: {
      ...by('D11', 'The ACD did not take a task back, and its dialog is informed.'),
      actions: 'passResubmission',
    },
    ACTING_SIDE_DOWN: { ...by('P5', 'The acting side is down, and every dialog is informed.'), actions: 'tellDialogs' },
    ACTING_SIDE_UP: { ...by('P7', 'The acting side is back, and every dialog is informed.'), actions: 'tellDialogs' },
    PATH_LOST: {
      ...by('D19', 'The application path is down, and every dialog is informed.'),
      actions: ['notePath', 'tellDialogs'],
    },
    PATH_BACK: {
      ...by('D19', 'The application path is back, and every dialog is informed.'),
      actions: ['notePath', 'tellDialogs'],
    },
    PERIPHERAL_LOST: {
      ...by(['P9', 'P11'], 'A gateway has failed, and every dialog is informed.'),
      actions: 'tellDialogs',
    },
    REPUBLISH: { ...by('notifications 12.3'), actions: 'republishDialogs' },
  },
  states: {
    LOGOUT: {
      description: 'The agent is not signed in to the MRD.',
      ...leadsTo('NOT_READY'),
      ...shown('LOGOUT'),
      on: {
        SIGN_IN: [
          {
            ...by(['A1', 'media 5.1', 'media 4.3']),
            guard: 'isMember',
            target: 'SIGNED_IN',
            actions: ['takeFirstSettings', 'signIn', 'tellSignedIn'],
          },
          { ...by('ruling 35'), ...refuses('NOT_A_MEMBER_OF_MEDIA') },
        ],
        READY: notSignedIn,
        NOT_READY: notSignedIn,
        SIGN_OUT: notSignedIn,
        ACTIVATE: notSignedIn,
        ROUTABLE: notSignedIn,
        NOT_ROUTABLE: notSignedIn,
        DIALOG_ACTION: notSignedIn,
        OFFER: {
          ...by('media 4.5', 'An agent who is not signed in gets no task.'),
          actions: { type: 'refuseOffer', params: { reason: 'NOT_SIGNED_IN' } },
        },
        DIALOG_CHANGED: { ...by(['S2', 'S3', 'S4']), actions: ['removeDialog', 'noteWork'] },
        LINK_BACK: { ...by('P7', 'The link is back for the next sign-in.'), actions: 'reconnect' },
        MOVED: { ...by('media 13', 'The acting side has changed.'), actions: 'noteWhoActs' },
        CONFIGURED: { ...ownWork('The directory has changed.'), actions: 'configure' },
      },
    },
    SIGNED_IN: {
      description: 'The agent is signed in to the MRD.',
      initial: 'LOGIN',
      // These rows hold in every state below that has no row of its own for the event.
      on: {
        SIGN_IN: alreadySignedIn,
        READY: by(
          ['A5', 'A6', 'ruling 11'],
          'Asking for READY changes nothing: the agent is READY already, or dialogs decide the state.',
        ),
        NOT_READY: [
          { ...by('A8'), guard: 'hasOfferedDialog', ...refuses('TASK_SENT_RECENTLY') },
          { ...by('A7'), target: '.NOT_READY', actions: 'declareNotReady' },
        ],
        SIGN_OUT: { ...by(['A21', 'S1', 'S5']), target: 'LOGOUT', actions: ['signOut', 'endDialogs', 'tellSignedOut'] },
        USER_SIGNED_OUT: {
          ...by(['A22', 'ruling 16']),
          target: 'LOGOUT',
          actions: ['signOut', 'endDialogs', 'tellSignedOut'],
        },
        ACTIVATE: {
          ...by('media 5.5', 'ACTIVE may be asked for in WORK_NOT_READY only.'),
          ...refuses('ACTION_OUT_OF_SEQUENCE'),
        },
        ROUTABLE: [
          { ...by('A19'), guard: 'isRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') },
          { ...by('ruling 50'), guard: 'becomesNotRoutable', actions: 'stayRoutable' },
          { ...by(['A17', 'R6']), target: '.deriving', actions: 'makeRoutable' },
        ],
        NOT_ROUTABLE: [
          {
            ...by('ruling 50', 'A repeated request to be not routable changes nothing while the first one waits.'),
            guard: 'becomesNotRoutable',
          },
          { ...by('A19'), guard: 'isNotRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') },
          { ...by('A18'), guard: 'hasUnstartedDialog', actions: 'makeNotRoutableWhenStarted' },
          { ...by('A17'), target: '.deriving', actions: 'makeNotRoutable' },
        ],
        OFFER: [
          knownOffer,
          {
            ...by(['A10', 'A11', 'media 4.5']),
            guard: 'mayTakeTask',
            target: '.deriving',
            actions: ['tellOffered', 'addDialog'],
          },
          {
            ...by('media 4.5', 'The agent may not get the task now, so the offer is refused.'),
            actions: 'refuseOffer',
          },
        ],
        DIALOG_OFFERED: {
          ...by('A10', 'The agent is RESERVED now, and the dialog is published.'),
          actions: 'presentDialog',
        },
        DIALOG_CHANGED: [
          {
            ...by(['A20', 'R4', 'R5']),
            guard: 'closesAfterRona',
            target: '.deriving',
            actions: ['removeDialog', 'makeNotRoutable', 'noteWork'],
          },
          {
            ...by('A18', 'The last unstarted dialog is closed, and the agent is not routable, as was asked for.'),
            guard: 'endsTheLastUnstarted',
            target: '.deriving',
            actions: ['removeDialog', 'makeNotRoutable', 'noteWork'],
          },
          {
            ...by(['A13', 'A12', 'A14'], 'A dialog is closed, and the state follows from those that are left.'),
            guard: 'isClosed',
            target: '.deriving',
            actions: ['removeDialog', 'noteWork'],
          },
          {
            ...by('A18', 'The last unstarted dialog is started, and the agent is not routable, as was asked for.'),
            guard: 'startsTheLastUnstarted',
            target: '.deriving',
            actions: ['makeNotRoutable', 'noteWork'],
          },
          { ...by('A12', 'A dialog has changed, and the state follows.'), target: '.deriving', actions: 'noteWork' },
        ],
        DIALOG_ACTION: [
          { ...by(['I10', 'ruling 9']), guard: 'isInterrupted', ...refuses('DIALOG_INTERRUPTED') },
          { ...ownWork('The dialog itself handles the action.'), guard: 'hasDialog', actions: 'actOnDialog' },
          { ...by('media 9.1'), ...refuses('DIALOG_VANISHED') },
        ],
        INTERRUPT_DONE: { ...by('I7'), guard: 'isInterrupted', actions: ['endInterrupt', 'restoreDialogs'] },
        DIALOGS_RESTORED: { ...by('A16'), target: '.deriving' },
        LINK_LOST: { ...by(['A23', 'P5']), guard: 'isOfActingSide', target: '.WORK_NOT_READY', actions: 'loseLink' },
        MOVED: [
          {
            ...by('media 13', 'The side that acts now knows of the sign-in.'),
            guard: 'isKnownThere',
            actions: 'noteWhoActs',
          },
          {
            ...by('media 13', 'Nothing is forgotten, so the new acting side takes over the settings.'),
            guard: 'keepsOnMove',
            actions: 'takeSettingsAlong',
          },
          { ...by(['notifications 12.4', 'P4']), target: '.WORK_NOT_READY', actions: 'awaitSignIn' },
        ],
        CONFIGURED: {
          ...ownWork('The directory has changed, but an agent who is signed in keeps the settings of the sign-in.'),
          actions: 'noteMembership',
        },
      },
      states: {
        LOGIN: {
          description: 'A requested state that clients never see.',
          always: { ...by('A1'), target: 'NOT_READY' },
        },
        deriving: ladder,
        NOT_READY: {
          description: 'The agent wants no tasks; open dialogs go on.',
          ...leadsTo('READY', 'RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'),
          ...shown('NOT_READY'),
          on: {
            READY: {
              ...by(['A3', 'A4'], 'The agent asks for READY, and the state follows from the dialogs.'),
              target: 'deriving',
              actions: 'declareReady',
            },
          },
        },
        READY: {
          description: 'The agent waits for tasks, and has none.',
          ...leadsTo('NOT_READY', 'RESERVED', 'LOGOUT', 'WORK_NOT_READY'),
          ...shown('READY'),
        },
        RESERVED: {
          description: 'A task is offered and not accepted yet.',
          ...leadsTo('READY', 'ACTIVE', 'PAUSED', 'WORK_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'),
          ...shown('RESERVED'),
          on: interruptible,
        },
        ACTIVE: {
          description: 'The agent works on at least one dialog.',
          ...leadsTo(
            'RESERVED',
            'PAUSED',
            'WORK_READY',
            'READY',
            'NOT_READY',
            'INTERRUPTED',
            'LOGOUT',
            'WORK_NOT_READY',
          ),
          ...shown('ACTIVE'),
          on: interruptible,
        },
        PAUSED: {
          description: 'A dialog is paused, and the agent works on no other.',
          ...leadsTo(
            'RESERVED',
            'ACTIVE',
            'WORK_READY',
            'READY',
            'NOT_READY',
            'INTERRUPTED',
            'LOGOUT',
            'WORK_NOT_READY',
          ),
          ...shown('PAUSED'),
          on: interruptible,
        },
        WORK_READY: {
          description: 'A dialog is wrapped up, and the agent works on no other.',
          ...leadsTo('RESERVED', 'ACTIVE', 'PAUSED', 'READY', 'NOT_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'),
          ...shown('WORK_READY'),
          on: interruptible,
        },
        INTERRUPTED: {
          description: 'Other work that may not be interrupted goes first, and no action on the dialogs is accepted.',
          ...leadsTo('RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'READY', 'NOT_READY', 'LOGOUT', 'WORK_NOT_READY'),
          ...shown('INTERRUPTED'),
        },
        WORK_NOT_READY: {
          description: 'The side that acts for the agent has no link to the ACD, or does not know of the sign-in.',
          ...leadsTo('RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'READY', 'NOT_READY', 'INTERRUPTED', 'LOGOUT'),
          ...shown('WORK_NOT_READY'),
          on: {
            SIGN_IN: [
              {
                ...by('P6', 'The agent has signed in on the side that acts now, and the state follows.'),
                guard: 'comesToAct',
                target: 'deriving',
                actions: ['takeSettings', 'signInAgain', 'tellSignedIn'],
              },
              alreadySignedIn,
            ],
            NOT_READY: by('media 4.1', 'NOT_READY changes nothing here.'),
            OFFER: [
              knownOffer,
              {
                ...by('media 4.5', 'Without a link the agent gets no task.'),
                actions: { type: 'refuseOffer', params: { reason: 'LINK_DOWN' } },
              },
            ],
            ROUTABLE: { ...by('media 4.1'), ...refuses('ACTION_OUT_OF_SEQUENCE') },
            NOT_ROUTABLE: { ...by('media 4.1'), ...refuses('ACTION_OUT_OF_SEQUENCE') },
            LINK_BACK: [
              {
                ...by('media 13', 'The other side has its link again, which changes nothing here.'),
                guard: 'isOfOtherSide',
              },
              { ...by(['P7', 'ruling 39']), guard: 'returnsByItself', target: 'deriving', actions: 'leaveWorkState' },
              {
                ...by('media 5.5', 'The link is back, and the agent has to ask for ACTIVE or sign in.'),
                actions: 'reconnect',
              },
            ],
            ACTIVATE: [
              {
                ...by('media 4.1', 'While the link is down nothing leads out.'),
                guard: 'hasNoLink',
                ...refuses('ACTION_OUT_OF_SEQUENCE'),
              },
              {
                ...by('notifications 12.4', 'The side that acts now needs a sign-in of its own.'),
                guard: 'mustSignInAgain',
                ...refuses('ACTION_OUT_OF_SEQUENCE'),
              },
              { ...by('media 5.5'), target: 'deriving', actions: 'leaveWorkState' },
            ],
            DIALOG_CHANGED: [
              {
                ...by(['P8', 'RV2']),
                guard: 'closesAfterRona',
                actions: ['removeDialog', 'stayNotRoutable', 'noteWork'],
              },
              {
                ...by('A18', 'The last unstarted dialog is closed, and the agent will not be routable.'),
                guard: 'endsTheLastUnstarted',
                actions: ['removeDialog', 'stayNotRoutable', 'noteWork'],
              },
              {
                ...by('P5', 'A dialog that is closed leaves WORK_NOT_READY as it is.'),
                guard: 'isClosed',
                actions: ['removeDialog', 'noteWork'],
              },
              {
                ...by('A18', 'The last unstarted dialog is started, and the agent will not be routable.'),
                guard: 'startsTheLastUnstarted',
                actions: ['stayNotRoutable', 'noteWork'],
              },
              { ...by('P5', 'A dialog that changes leaves WORK_NOT_READY as it is.'), actions: 'noteWork' },
            ],
            DIALOGS_RESTORED: by('P5', 'Dialogs that have their states again leave WORK_NOT_READY as it is.'),
          },
        },
      },
    },
  },
})
