/**
 * One user: agent state (voice) by `user.md` 5, and the root of the user's actor tree with one medium per MRD and one
 * presence per side.
 *
 * Where calls decide, the state follows from the legs through the ladder `deriving`, as it does in a medium.
 */
import type { UserFailure } from './failures.ts'
import { user } from './user/actions/index.ts'
import { NOTHING_PENDING } from './user/model.ts'
import type { UserState } from './wire.ts'

const report = (state: UserState) => [{ type: 'enter', params: { state } }, 'publishNews'] as const
const refuses = (failure: UserFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const
const becomesPending = { actions: ['setPending', 'publish'] } as const

const follows = (state: UserState) =>
  ({
    guard: { type: 'isFollowedTo', params: { state } },
    target: `#user.${state}`,
    actions: [{ type: 'tellFollowed', params: { state } }, 'noteFollowed'],
  }) as const

/** V7, V8: the call goes first, and with it what it was to the agent. */
const callLeaves = ['publishCallRemoved', 'clearWrapUp', 'dropLeg', 'timeWrapUp', 'finishOne', 'noteCallWork'] as const

/** `notifications.md` 9.4: the grace period of a side that the user has left ends too late to count. */
const isSuppressed = { guard: 'isLateForcedSignOut' } as const

/** Rows of a move that loses nothing of voice. */
const movesInPeace = [
  { guard: 'isSignedInThere', actions: 'tellMediaOfMove' },
  { guard: 'keepsOnMove', actions: ['takeAlong', 'tellMediaOfMove'] },
] as const

/** Rows of a user who is on a call, or rung: what is asked for waits until the call is over (`user.md` 5.5). */
const onCall = {
  READY: becomesPending,
  NOT_READY: [
    { guard: 'asksSupervisor', ...refuses('INVALID_USER_STATE') }, // 5.7
    becomesPending,
  ],
  SIGN_OUT: [
    { guard: 'asksSupervisor', ...becomesPending },
    refuses('INVALID_USER_STATE'), // ruling 33
  ],
  FORCED_SIGN_OUT: [
    isSuppressed,
    { guard: 'disconnectLogsOut', target: '#user.LOGOUT', actions: ['systemFails', 'thenSignOutOfMedia'] },
    { actions: ['connectionFailsAfterCall', 'publish', 'thenSignOutOfMedia'] }, // 5.5: a pending state is told
  ],
} as const

/** Rung and no more: there is nothing to wait for, the offer is taken back (ruling 47). */
const whileRung = {
  ...onCall,
  SIGN_OUT: [
    { guard: 'asksSupervisor', target: '#user.LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] },
    refuses('INVALID_USER_STATE'),
  ],
} as const

/** Rows of wrap-up: what is asked for happens at once (`user.md` 5.5); the call leaves first (V8). */
const inWrapUp = {
  READY: { actions: [{ type: 'choose', params: { state: 'READY' } }, 'endWrapUp'] }, // U27, U29
  NOT_READY: { actions: [{ type: 'choose', params: { state: 'NOT_READY' } }, 'endWrapUp'] }, // U28, U30
  SIGN_OUT: [
    { guard: 'asksSupervisor', target: '#user.LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] },
    refuses('INVALID_USER_STATE'),
  ],
} as const

const toMediumUnlessVoice = [{ guard: 'isVoice', actions: 'refuseVoiceMedia' }, { actions: 'toMedium' }] as const

const refusedSignIn = [
  { guard: 'isForeignExtension', ...refuses('INVALID_DEVICE') },
  { guard: 'mayNotBeMobile', ...refuses('MOBILE_MODE_NOT_ALLOWED') },
] as const

export const userMachine = user.createMachine({
  id: 'user',
  context: ({
    input,
    input: {
      user,
      role,
      sides: [actingSide = 'A'],
    },
    spawn,
  }) => ({
    ...input,
    state: 'LOGOUT',
    stateChangeTime: null,
    news: false,
    reason: null,
    extension: '',
    mobileAgent: null,
    mobileSide: null,
    pending: NOTHING_PENDING,
    beforeCall: null,
    legs: {},
    work: [],
    finishFirst: [],
    cutOff: [],
    actingSide,
    signedInOn: null,
    present: [],
    movedWhileReady: false,
    media: Object.fromEntries(
      Object.entries(input.config.mrds).map(([mrd, { member, settings }]) => [
        mrd,
        spawn('media', { id: `media:${mrd}`, input: { user, mrd, member, role, settings, actingSide } }),
      ]),
    ),
    presence: Object.fromEntries(
      input.sides.map((side) => [
        side,
        spawn('presence', { id: `presence:${side}`, input: { side, graceMs: input.config.presenceGraceMs } }),
      ]),
    ),
  }),
  initial: 'LOGOUT',
  on: {
    // Forced sign-in: a signed-in user keeps the state (`user.md` 4.1).
    SIGN_IN: [...refusedSignIn, { actions: ['signIn', 'noteWhoActs', 'publish', 'tellPresenceOfSignIn'] }],
    WORK: refuses('INVALID_USER_STATE'),
    FORCED_SIGN_OUT: [
      isSuppressed,
      { guard: 'disconnectLogsOut', target: '.LOGOUT', actions: ['systemFails', 'thenSignOutOfMedia'] },
      { target: '.NOT_READY', reenter: true, actions: ['connectionFails', 'endWrapUp', 'thenSignOutOfMedia'] },
    ], // P2, `notifications.md` 9.2

    CALL_ADDED: { target: '.deriving', actions: ['noteLeg', 'tellCallOfLeaving', 'announceCall', 'noteCallWork'] },
    CALL_CHANGED: [
      { guard: 'legIsDropped', actions: ['noteLeg', 'announceCall', 'noteCallWork'] }, // V5: the state waits for V7
      { target: '.deriving', actions: ['noteLeg', 'timeWrapUp', 'announceCall', 'noteCallWork'] },
    ],
    CALL_REMOVED: { target: '.deriving', actions: callLeaves },
    CALLS_FOUND: { target: '.deriving', actions: ['noteStateBesideCalls', 'timeWrapUp', 'joinCalls'] },
    WRAP_UP_TIMEOUT: { actions: 'endWrapUpInTime' }, // U28, U29
    CALL_NOTICE: { actions: 'publishCall' },
    CALL_FAILED: { actions: 'publishCallFailure' },

    MEDIA_SIGN_IN: [
      { guard: 'isVoice', actions: 'refuseVoiceMedia' },
      { guard: 'isNoMember', actions: 'toMedium' }, // refused there (ruling 35): only a sign-in that succeeds says who acts
      { actions: ['noteWhoActs', 'toMedium', 'loseLinkIfDown'] },
    ],
    MEDIA_STATE: toMediumUnlessVoice,
    MEDIA_ROUTABLE: toMediumUnlessVoice,
    DIALOG_ACTION: { actions: 'toMedium' },
    OFFER: { actions: 'toMedium' },
    RESUBMITTED: { actions: 'toMedium' },
    RESUBMISSION_REFUSED: { actions: 'toMedium' },
    CUSTOMER_CANCELS: { actions: 'toAllMedia' },
    MEDIA_SIGN_OUT: { guard: 'signsOutOfMedia', actions: 'signOutOfMedia' }, // ruling 16, ruling 30
    MEDIUM_SIGNED_IN: { actions: 'tellPresenceOfSignIn' },
    MEDIUM_SIGNED_OUT: { actions: 'endWatchIfSignedOut' },

    // Interrupts: the set of work decides, never a flag (`media.md` 12.3, overlap rule).
    WORK_JOINED: [
      { guard: 'collidesWithOtherWork', actions: ['joinWork', 'finishAllFirst', 'adviseInterrupt'] }, // 4.5
      { guard: 'isNewWork', actions: ['joinWork', 'adviseInterrupt'] },
    ],
    WORK_LEFT: [{ guard: 'isLastWork', actions: ['leaveWork', 'adviseInterruptDone'] }, { actions: 'leaveWork' }],
    DIALOG_CLOSED: { actions: 'finishOne' },

    PRESENCE: { actions: 'toPresence' },
    SERVICE_LOST: { actions: 'toPresence' },
    SERVICE_BACK: { actions: 'toPresence' },
    SESSIONS_LOST: { actions: 'toPresence' },
    LINK_LOST: { actions: ['noteCutOff', 'loseLink', 'tellDialogsWhoActs'] }, // P5
    LINK_BACK: {
      actions: [
        'noteCutOff',
        'publishIfSignedIn',
        'publishCalls',
        'regainLink',
        'republishDialogs',
        'tellDialogsWhoActs',
      ],
    }, // P7, `notifications.md` 12.3

    // Who acts for the user: the side of the newest presence, else of the last sign-in (`media.md` 13, ruling 37).
    CAME: { actions: ['noteCame', 'noteWhoActs'] },
    RETURNED: { guard: 'isNewThere', actions: ['noteCame', 'noteWhoActs'] },
    WENT: { actions: ['noteWent', 'noteWhoActs'] },
    MOVED: [
      ...movesInPeace,
      { actions: ['tellCallsOfMove', 'forgetOnMove', 'noteMoveWhileReady', 'publishNews', 'tellMediaOfMove'] },
    ],

    PATH_LOST: { actions: 'toMediaAlike' }, // D19
    PATH_BACK: { actions: 'toMediaAlike' },
    PERIPHERAL_LOST: { actions: 'toMediaAlike' }, // P9, P11
    CONFIGURED: { actions: ['configureOthers', 'configure'] },
    // At once and out of everything; a call goes on without the agent, as with LOAD 1 (`notifications.md` 9.2).
    REMOVED: { target: '.LOGOUT', actions: ['noteReason', 'signOutOfMedia', 'forgetPresence'] },

    USER_EVENT: [
      follows('LOGOUT'),
      follows('NOT_READY'),
      follows('READY'),
      follows('RESERVED'),
      follows('RESERVED_OUTBOUND'),
      follows('RESERVED_OUTBOUND_PREVIEW'),
      follows('TALKING'),
      follows('HOLD'),
      follows('WORK'),
      follows('WORK_READY'),
      follows('UNKNOWN'),
    ],
    MEDIA_EVENT: { actions: 'toMedium' },
    TASK_EVENT: { actions: 'toMedium' },
  },
  states: {
    LOGOUT: {
      // However a sign-in ends, it leaves the calls by this one rule (ruling 47).
      entry: ['forgetSignIn', ...report('LOGOUT'), 'leaveCalls', 'endWatchIfSignedOut'],
      on: {
        SIGN_IN: [
          ...refusedSignIn,
          {
            target: 'LOGIN',
            actions: ['signIn', 'signInHere', 'noteWhoActs', 'clearReason', 'findCalls', 'tellPresenceOfSignIn'],
          },
        ], // U2
        READY: refuses('INVALID_USER_STATE'),
        NOT_READY: refuses('NOT_READY_WHILE_SIGNED_OUT'), // `user.md` 5.4
        SIGN_OUT: { actions: 'reject' }, // ruling 34
        FORCED_SIGN_OUT: [isSuppressed, { actions: 'thenSignOutOfMedia' }],
        MOVED: { actions: 'tellMediaOfMove' },
        REMOVED: { actions: ['signOutOfMedia', 'forgetPresence'] },
        CALL_ADDED: { actions: 'refuseLeg' },
        // A call that outlives the sign-in. The first row is for calls that an older version did not tell of its end.
        CALL_CHANGED: [
          { guard: 'legWrapsUp', actions: ['noteLeg', 'leaveCalls'] },
          { actions: ['noteLeg', 'announceCall'] },
        ],
        CALL_REMOVED: { actions: callLeaves },
        CALLS_FOUND: { actions: 'leaveCalls' },
      },
    },
    LOGIN: { always: 'NOT_READY' }, // U3: transient, never seen
    NOT_READY: {
      entry: report('NOT_READY'),
      on: {
        SIGN_OUT: { target: 'LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] }, // U4
        NOT_READY: [
          { guard: 'asksSupervisor', ...refuses('INVALID_USER_STATE') }, // 5.7
          { target: 'NOT_READY', reenter: true, actions: 'noteReason' }, // U5
        ],
        READY: { target: 'READY', actions: 'clearReason' }, // U6
        MOVED: [
          ...movesInPeace,
          {
            target: 'NOT_READY',
            reenter: true,
            actions: ['tellCallsOfMove', 'forgetOnMove', 'showMove', 'tellMediaOfMove'],
          },
        ],
      },
    },
    READY: {
      entry: report('READY'),
      on: {
        READY: {}, // 202, nothing is sent
        NOT_READY: { target: 'NOT_READY', actions: 'noteReason' }, // U8
        SIGN_OUT: [
          { guard: 'mayLeaveFromReady', target: 'LOGOUT', actions: ['noteReason', 'thenSignOutOfMedia'] }, // 5.7; CCX 5.4
          refuses('INVALID_USER_STATE'), // ruling 33
        ],
      },
    },
    deriving: {
      // `dialog.md` 13, `user.md` 5.6: first match wins.
      always: [
        { guard: 'isOnCall', target: 'TALKING' }, // U12, U26
        { guard: 'hasHeldCall', target: 'HOLD' }, // U21
        { guard: 'isToSignOut', target: 'LOGOUT', actions: ['settleSignOut', 'thenSignOutOfMedia'] }, // ruling 47
        { guard: 'wrapsUpToReady', target: 'WORK_READY' }, // U25
        { guard: 'wrapsUp', target: 'WORK' }, // U24
        { guard: 'isRung', target: 'RESERVED' }, // U9
        { guard: 'isRungWhileNotReady', target: 'NOT_READY', actions: 'showReasonBesideCalls' }, // V13, ruling 32
        { guard: 'isToBeReady', target: 'READY', actions: 'settle' }, // U13, U22, U29
        { target: 'NOT_READY', actions: 'settle' }, // U23, U28
      ],
    },
    RESERVED: { entry: report('RESERVED'), on: whileRung },
    RESERVED_OUTBOUND: { entry: report('RESERVED_OUTBOUND') },
    RESERVED_OUTBOUND_PREVIEW: { entry: report('RESERVED_OUTBOUND_PREVIEW') },
    TALKING: { entry: ['clearReason', ...report('TALKING')], on: onCall },
    HOLD: { entry: report('HOLD'), on: onCall },
    WORK: { entry: [...report('WORK'), 'armFollowedWrapUp'], exit: 'clearFollowedWrapUp', on: inWrapUp },
    WORK_READY: { entry: [...report('WORK_READY'), 'armFollowedWrapUp'], exit: 'clearFollowedWrapUp', on: inWrapUp },
    UNKNOWN: { entry: report('UNKNOWN') },
  },
})
