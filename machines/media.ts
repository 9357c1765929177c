/**
 * One user in one nonvoice MRD: `media.md` 4 and the rows A1-A24 of 12.1, with the interrupts I1-I13 of 12.3.
 *
 * Dialog states live in the tasks. The agent state follows from them through one ladder, the state `deriving`, which
 * is `media.md` 4.2 from top to bottom. It is left at once; no input ever finds the machine in it.
 */
import type { MediaFailure } from './failures.ts'
import { media } from './media/actions.ts'
import type { MediaState } from './wire.ts'

/** Entry of a state that clients see: note it, and tell them if it is news (A12: only if the result differs). */
const report = (state: MediaState) => [{ type: 'enter', params: { state } }, 'publishNews'] as const

const refuses = (failure: MediaFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const

const follows = (state: MediaState) =>
  ({
    guard: { type: 'isFollowedTo', params: { state } },
    target: `#media.${state}`,
    actions: [{ type: 'tellFollowed', params: { state } }, 'noteFollowed'],
  }) as const

/** A2: refused, but its side takes the settings. */
const alreadySignedIn = {
  actions: ['takeSettings', 'tellSignedIn', { type: 'refuse', params: { failure: 'ALREADY_SIGNED_IN_TO_MEDIA' } }],
} as const

/** Rows that every task state shares. */
const interruptible = {
  INTERRUPT: {
    guard: 'acceptsInterrupt',
    target: '#media.INTERRUPTED',
    actions: ['noteInterrupt', 'interruptDialogs'],
  },
} as const

export const mediaMachine = media.createMachine({
  id: 'media',
  context: ({ input }) => ({
    ...input,
    state: 'LOGOUT',
    stateChangeTime: null,
    news: false,
    declared: 'NOT_READY',
    routable: false,
    notRoutableWhenStarted: false,
    routableBefore: false,
    connected: true,
    pathUp: true,
    signIns: {},
    reason: null,
    interrupted: false,
    dialogs: {},
    dialogsEver: 0,
    availableSince: 0,
  }),
  initial: 'LOGOUT',
  // What holds in every signed-in state unless the state says otherwise.
  on: {
    SIGN_IN: alreadySignedIn,
    READY: {}, // A5, A6: 202, nothing is sent (ruling 11)
    NOT_READY: [
      { guard: 'hasOfferedDialog', ...refuses('TASK_SENT_RECENTLY') }, // A8
      { target: '.NOT_READY', actions: 'declareNotReady' }, // A7
    ],
    SIGN_OUT: { target: '.LOGOUT', actions: ['signOut', 'endDialogs', 'tellSignedOut'] }, // A21, 12.5: dialogs end first
    USER_SIGNED_OUT: { target: '.LOGOUT', actions: ['signOut', 'endDialogs', 'tellSignedOut'] }, // A22
    ACTIVATE: refuses('ACTION_OUT_OF_SEQUENCE'), // 5.5 leaves the work state only
    ROUTABLE: [
      { guard: 'isRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') }, // A19
      { guard: 'becomesNotRoutable', actions: 'stayRoutable' }, // ruling 50: nobody saw the wish
      { actions: ['makeRoutable', 'publish'] }, // A17
    ],
    NOT_ROUTABLE: [
      { guard: 'becomesNotRoutable' }, // ruling 50
      { guard: 'isNotRoutable', ...refuses('ALREADY_IN_REQUESTED_MODE') }, // A19
      { guard: 'hasUnstartedDialog', actions: 'makeNotRoutableWhenStarted' }, // A18
      { actions: ['makeNotRoutable', 'publishNews'] }, // A17
    ],
    OFFER: [
      { guard: 'isKnownOffer' },
      { guard: 'mayTakeTask', target: '.deriving', actions: ['tellOffered', 'addDialog'] }, // A10, A11
      { actions: 'refuseOffer' },
    ],
    DIALOG_OFFERED: { actions: 'presentDialog' },
    DIALOG_CHANGED: [
      { guard: 'isFollowedToItsEnd', actions: 'removeDialog' },
      { guard: 'isFollower' },
      { guard: 'closesAfterRona', target: '.deriving', actions: ['removeDialog', 'makeNotRoutable', 'noteWork'] }, // A20, R4
      { guard: 'endsTheLastUnstarted', target: '.deriving', actions: ['removeDialog', 'makeNotRoutable', 'noteWork'] }, // A18
      { guard: 'isClosed', target: '.deriving', actions: ['removeDialog', 'noteWork'] }, // A12, A13
      { guard: 'startsTheLastUnstarted', target: '.deriving', actions: ['makeNotRoutable', 'noteWork'] }, // A18
      { target: '.deriving', actions: 'noteWork' }, // A12
    ],
    DIALOG_ACTION: [
      { guard: 'isInterrupted', ...refuses('DIALOG_INTERRUPTED') }, // I10, ruling 9
      { guard: 'hasDialog', actions: 'actOnDialog' },
      refuses('DIALOG_VANISHED'),
    ],
    CUSTOMER_CANCELS: { actions: 'cancelOffer' },
    RESUBMITTED: { actions: 'passResubmission' },
    RESUBMISSION_REFUSED: { actions: 'passResubmission' },
    INTERRUPT_DONE: { guard: 'isInterrupted', actions: ['endInterrupt', 'restoreDialogs'] }, // I7, I8
    DIALOGS_RESTORED: { target: '.deriving' }, // A16
    LINK_LOST: { guard: 'isOfActingSide', target: '.WORK_NOT_READY', actions: 'loseLink' }, // A23, P5
    MOVED: [
      { guard: 'isKnownThere', actions: 'noteWhoActs' },
      { guard: 'keepsOnMove', actions: 'takeSettingsAlong' },
      { target: '.WORK_NOT_READY', actions: 'awaitSignIn' }, // `notifications.md` 12.4
    ],
    ACTING_SIDE_DOWN: { actions: 'tellDialogs' },
    ACTING_SIDE_UP: { actions: 'tellDialogs' },
    PATH_LOST: { actions: ['notePath', 'tellDialogs'] }, // D19
    PATH_BACK: { actions: ['notePath', 'tellDialogs'] },
    PERIPHERAL_LOST: { actions: 'tellDialogs' }, // P9, P11
    REPUBLISH: { actions: 'republishDialogs' }, // `notifications.md` 12.3
    CONFIGURED: { actions: 'configure' },
    USER_EVENT: [
      follows('LOGOUT'),
      follows('NOT_READY'),
      follows('READY'),
      follows('RESERVED'),
      follows('ACTIVE'),
      follows('PAUSED'),
      follows('WORK_READY'),
      follows('INTERRUPTED'),
      follows('WORK_NOT_READY'),
    ],
    TASK_EVENT: [
      { guard: 'isFollowedDialog', actions: 'followDialog' },
      { guard: 'isNewFollowedDialog', actions: ['addFollowedDialog', 'followDialog'] },
    ],
  },
  states: {
    LOGOUT: {
      entry: report('LOGOUT'),
      on: {
        SIGN_IN: [
          { guard: 'isMember', target: 'LOGIN', actions: ['takeFirstSettings', 'signIn', 'tellSignedIn'] }, // A1
          refuses('NOT_A_MEMBER_OF_MEDIA'), // ruling 35
        ],
        // A24
        READY: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        NOT_READY: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        SIGN_OUT: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        ACTIVATE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        ROUTABLE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        NOT_ROUTABLE: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        DIALOG_ACTION: refuses('NOT_SIGNED_IN_TO_MEDIA'),
        OFFER: { actions: 'refuseOffer' },
        DIALOG_CHANGED: { actions: ['removeDialog', 'noteWork'] },
        USER_SIGNED_OUT: {},
        DIALOGS_RESTORED: {},
        LINK_LOST: {},
        LINK_BACK: { actions: 'reconnect' },
        MOVED: { actions: 'noteWhoActs' },
      },
    },
    LOGIN: { always: 'NOT_READY' }, // transient, never seen (ruling 38)
    deriving: {
      // `media.md` 4.2, first match wins.
      always: [
        { guard: 'isDeclaredNotReady', target: 'NOT_READY' },
        { guard: 'isInterrupted', target: 'INTERRUPTED' },
        { guard: 'worksOnADialog', target: 'ACTIVE' },
        { guard: 'wrapsUpADialog', target: 'WORK_READY' },
        { guard: 'hasPausedDialog', target: 'PAUSED' },
        { guard: 'hasOfferedDialog', target: 'RESERVED' },
        { target: 'READY' },
      ],
    },
    NOT_READY: {
      entry: report('NOT_READY'), // A14: no news when a dialog closes
      on: { READY: { target: 'deriving', actions: 'declareReady' } }, // A3, A4
    },
    READY: { entry: report('READY') }, // I3: an interrupt finds nothing to interrupt
    RESERVED: { entry: report('RESERVED'), on: interruptible }, // I1, I2
    ACTIVE: { entry: report('ACTIVE'), on: interruptible },
    PAUSED: { entry: report('PAUSED'), on: interruptible },
    WORK_READY: { entry: report('WORK_READY'), on: interruptible },
    INTERRUPTED: { entry: report('INTERRUPTED') }, // I5: a second advisory changes nothing
    WORK_NOT_READY: {
      entry: report('WORK_NOT_READY'),
      on: {
        SIGN_IN: [
          {
            guard: 'comesToAct', // P6
            target: 'deriving',
            actions: ['takeSettings', 'signInAgain', 'tellSignedIn'],
          },
          alreadySignedIn,
        ],
        NOT_READY: {},
        ROUTABLE: refuses('ACTION_OUT_OF_SEQUENCE'), // 4.1: nothing but a sign-in
        NOT_ROUTABLE: refuses('ACTION_OUT_OF_SEQUENCE'),
        LINK_BACK: [
          { guard: 'isOfOtherSide' },
          { guard: 'returnsByItself', target: 'deriving', actions: 'leaveWorkState' }, // P7
          { actions: 'reconnect' },
        ],
        ACTIVATE: [
          { guard: 'hasNoLink', ...refuses('ACTION_OUT_OF_SEQUENCE') }, // 4.1: not while it is lost, whoever asks where
          { guard: 'mustSignInAgain', ...refuses('ACTION_OUT_OF_SEQUENCE') }, // `notifications.md` 12.4
          { target: 'deriving', actions: 'leaveWorkState' }, // 5.5
        ],
        DIALOG_CHANGED: [
          { guard: 'closesAfterRona', actions: ['removeDialog', 'stayNotRoutable', 'noteWork'] }, // P8
          { guard: 'endsTheLastUnstarted', actions: ['removeDialog', 'stayNotRoutable', 'noteWork'] }, // A18
          { guard: 'isClosed', actions: ['removeDialog', 'noteWork'] },
          { guard: 'startsTheLastUnstarted', actions: ['stayNotRoutable', 'noteWork'] }, // A18
          { actions: 'noteWork' },
        ],
        DIALOGS_RESTORED: {},
      },
    },
  },
})
