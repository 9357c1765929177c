/**
 * One user: the agent state for voice (`user 5`), and the root of the user's actor tree, with one medium per MRD and
 * one presence per side.
 *
 * During calls the state is derived from the legs in the state `deriving`, as in a medium.
 */
import type { UserFailure } from './failures.ts'
import { by, leadsTo, ownWork, RULES } from './rules.ts'
import { user } from './user/actions/index.ts'
import { ladder } from './user/ladder.ts'
import { isNotNailed, mobile, nailed } from './user/mobile-rows.ts'
import {
  comesInto,
  hasNoCallToHear,
  isHeard,
  isOnCallAlready,
  monitoring,
  talksNot,
  wantsToListen,
} from './user/monitor-rows.ts'
import { forcedFromReservation, isBusyForCustomer, waitsForPreview, whenReserved } from './user/reserved-rows.ts'
import { complete } from './user/standard.ts'
import { signedOut } from './user/start.ts'
import { USER_STATES } from './wire.ts'
import { shown } from './wire-state.ts'

const refuses = (failure: UserFailure) => ({ actions: { type: 'refuse', params: { failure } } }) as const
const becomesPending = { ...by('user 5.5'), actions: ['setPending', 'publish'] } as const

/** A call comes. The notification of the state goes out before that of the dialog. */
const callComes = ['noteLeg', 'tellCallOfLeaving', 'announceCall', 'noteCallWork', 'takeLeg', 'phone'] as const

/** The agent may not make a call now. */
const cannotCall = ['refuseLeg', 'failCall'] as const

/** The call is removed, and with it its leg, its wrap-up and its work. Its notification comes first. */
const callLeaves = ['publishCallRemoved', 'clearWrapUp', 'dropLeg', 'timeWrapUp', 'finishOne', 'noteCallWork'] as const

/** A forced sign-out by a side that the user has left is ignored if the configuration says so. */
const isSuppressed = { ...by(['notifications 9.4', 'P3']), guard: 'isLateForcedSignOut' } as const

const refusedToSupervisor = {
  ...by('user 5.7', 'A supervisor may make a READY agent NOT_READY, and no other.'),
  guard: 'asksSupervisor',
  ...refuses('INVALID_USER_STATE'),
} as const

const refusedSignOut = { ...by('ruling 33'), ...refuses('INVALID_USER_STATE') } as const

const signedOutBySupervisor = {
  ...by('user 5.7', 'A supervisor signs the agent out.'),
  guard: 'asksSupervisor',
  target: '#user.LOGOUT',
  actions: ['noteReason', 'thenSignOutOfMedia'],
} as const

const goesToMedium = { ...ownWork('The medium itself handles the request.'), actions: 'toMedium' } as const

/** Rows of a move to the other side that loses no voice state. */
const movesInPeace = [
  {
    ...by('ruling 37', 'The side that acts now knows of the sign-in.'),
    guard: 'isSignedInThere',
    actions: 'tellMediaOfMove',
  },
  {
    ...by('ruling 37', 'Nothing is forgotten, so the new acting side knows the sign-in.'),
    guard: 'keepsOnMove',
    actions: ['takeAlong', 'tellMediaOfMove'],
  },
] as const

const disconnectLogsOut = {
  ...by('notifications 9.2', 'A forced sign-out leads to LOGOUT here, and the call goes on.'),
  guard: 'disconnectLogsOut',
  target: '#user.LOGOUT',
  actions: ['systemFails', 'thenSignOutOfMedia'],
} as const

/** Rows for a user with a call: a requested state becomes pending until the call is over (`user 5.5`). */
const onCall = {
  READY: [
    {
      ...by('user 5.4', 'On CCX no agent can ask for READY during a call.'),
      guard: 'isCcx',
      ...refuses('STATE_PENDING'),
    },
    becomesPending,
  ],
  NOT_READY: [
    refusedToSupervisor,
    {
      ...by('user 5.4', 'On CCX an agent can ask for NOT_READY once during a call.'),
      guard: 'hasAskedOnce',
      ...refuses('STATE_PENDING'),
    },
    becomesPending,
  ],
  SIGN_OUT: [
    {
      ...by('user 5.7', 'A supervisor signs the agent out when the call is over.'),
      guard: 'asksSupervisor',
      actions: ['setPending', 'publish'],
    },
    refusedSignOut,
  ],
  FORCED_SIGN_OUT: [
    isSuppressed,
    disconnectLogsOut,
    {
      ...by(
        ['notifications 9.2', 'user 5.5'],
        'After a forced sign-out the agent is NOT_READY when the call is over, which is published.',
      ),
      actions: ['connectionFailsAfterCall', 'publish', 'thenSignOutOfMedia'],
    },
  ],
} as const

const holdsReservation = {
  ...by('user 5.4', 'On CCX no agent can leave a reservation by asking for a state.'),
  guard: 'isCcx',
  ...refuses('RESERVED_FOR_CAMPAIGN'),
} as const

/** Rows while a call rings. A supervisor can sign the agent out at once, and the call ends. */
const whileRung = { ...onCall, SIGN_OUT: [signedOutBySupervisor, refusedSignOut] } as const

const refusedWithoutReason = {
  ...by('user 5.6', 'The agent has to give a wrap-up reason first.'),
  guard: 'lacksReason',
  ...refuses('WRAP_UP_DATA_REQUIRED'),
} as const

/** Rows for a user in wrap-up: a requested state takes effect at once, after the call is removed. */
const inWrapUp = {
  READY: [
    refusedWithoutReason,
    { ...by(['U27', 'U29', 'V8']), actions: [{ type: 'choose', params: { state: 'READY' } }, 'endWrapUp'] },
  ],
  NOT_READY: [
    refusedWithoutReason,
    { ...by(['U28', 'U30', 'V8']), actions: [{ type: 'choose', params: { state: 'NOT_READY' } }, 'endWrapUp'] },
  ],
  SIGN_OUT: [signedOutBySupervisor, refusedSignOut],
} as const

/** The calls are published first, because they do not depend on the media. */
const linkIsBack = ['noteCutOff', 'publishCalls', 'regainLink', 'republishDialogs', 'tellDialogsWhoActs'] as const

const voiceIsNoMedium = {
  ...by('media 3.2', 'Voice is not a medium that a user can sign in to.'),
  guard: 'isVoice',
  actions: 'refuseVoiceMedia',
} as const

const toMediumUnlessVoice = [voiceIsNoMedium, goesToMedium] as const

const refusedSignIn = [
  {
    ...by('user 5.2', 'A user cannot sign in with the extension of another user.'),
    guard: 'isForeignExtension',
    ...refuses('INVALID_DEVICE'),
  },
  { ...by('user 7'), guard: 'mayNotBeMobile', ...refuses('MOBILE_MODE_NOT_ALLOWED') },
] as const

/** Rows for presence, the acting side and the application path. A followed user has the same rows. */
export const sidesAndPresence = {
  PRESENCE: { ...by('notifications 9.1'), actions: 'toPresence' },
  SERVICE_LOST: {
    ...by('notifications 9.1', 'Presence is unknown while the notification service is lost.'),
    actions: 'toPresence',
  },
  SERVICE_BACK: { ...by('notifications 9.1', 'The notification service is back.'), actions: 'toPresence' },
  SESSIONS_LOST: { ...by('notifications 9.1', 'The side is lost with every session on it.'), actions: 'toPresence' },
  CAME: {
    ...by('ruling 37', 'A session has connected, and its side becomes the acting side.'),
    actions: ['noteCame', 'noteWhoActs'],
  },
  RETURNED: {
    ...by('ruling 37', 'A session is connected again, and its side becomes the acting side.'),
    guard: 'isNewThere',
    actions: ['noteCame', 'noteWhoActs'],
  },
  WENT: { ...by('ruling 37', 'The last session on a side has disconnected.'), actions: ['noteWent', 'noteWhoActs'] },
  PATH_LOST: { ...by('D19', 'The application path of the MRDs is down.'), actions: 'toMediaAlike' },
  PATH_BACK: { ...by('D19', 'The application path of the MRDs is back.'), actions: 'toMediaAlike' },
} as const

export const userMachine = user.createMachine({
  id: 'user',
  context: ({ input, spawn }) =>
    signedOut(complete(input), {
      medium: (mrd, medium) => spawn('media', { id: `media:${mrd}`, input: medium }),
      presence: (side, presence) => spawn('presence', { id: `presence:${side}`, input: presence }),
    }),
  initial: 'LOGOUT',
  on: {
    WORK: {
      ...by('user 5.6', 'WORK cannot be requested, because only calls lead to it.'),
      ...refuses('INVALID_USER_STATE'),
    },
    WRAP_UP_TIMEOUT: { ...by(['U28', 'U29'], 'The wrap-up time is over.'), actions: 'endWrapUpInTime' },
    CALL_NOTICE: { ...by('dialog 6'), actions: 'publishCall' },
    CALL_TAKES_LINE: {
      ...by('dialog 6.3', 'A call is about to be connected, and the others go on hold.'),
      actions: 'freeLine',
    },
    CALL_JOINS: { ...by('dialog 4.4', 'The agent joins a call on hold with the active one.'), actions: 'joinActive' },
    CALL_FAILED: { ...by('dialog 4.1'), actions: 'publishCallFailure' },
    ...monitoring,
    ...mobile,

    MEDIA_SIGN_IN: [
      voiceIsNoMedium,
      {
        ...by('ruling 35', 'The medium refuses the sign-in, so the acting side stays the same.'),
        guard: 'isNoMember',
        actions: 'toMedium',
      },
      {
        ...by(['A1', 'ruling 37'], 'The medium handles the sign-in, which may change the acting side.'),
        actions: ['noteWhoActs', 'toMedium', 'loseLinkIfDown'],
      },
    ],
    MEDIA_STATE: toMediumUnlessVoice,
    MEDIA_ROUTABLE: toMediumUnlessVoice,
    DIALOG_ACTION: goesToMedium,
    OFFER: goesToMedium,
    RESUBMITTED: goesToMedium,
    RESUBMISSION_REFUSED: goesToMedium,
    CUSTOMER_CANCELS: { ...by('D4'), actions: 'toAllMedia' },
    MEDIA_SIGN_OUT: { ...by(['ruling 16', 'ruling 30', 'A22']), guard: 'signsOutOfMedia', actions: 'signOutOfMedia' },
    MEDIUM_SIGNED_IN: {
      ...by(
        'notifications 9.1',
        'A sign-in to a medium without a session begins the grace period if presence is required.',
      ),
      actions: 'tellPresenceOfSignIn',
    },
    // Interrupts are derived from the list of work, not from a flag.
    WORK_JOINED: [
      {
        ...by(
          'media 4.5',
          'The agent got work beside other work that may not be interrupted, and has to finish all of it first.',
        ),
        guard: 'collidesWithOtherWork',
        actions: ['joinWork', 'finishAllFirst', 'adviseInterrupt'],
      },
      { ...by(['media 12.3', 'I1', 'D5']), guard: 'isNewWork', actions: ['joinWork', 'adviseInterrupt'] },
    ],
    WORK_LEFT: [
      { ...by('I7'), guard: 'isLastWork', actions: ['leaveWork', 'adviseInterruptDone'] },
      { ...by('I6'), actions: 'leaveWork' },
    ],
    DIALOG_CLOSED: {
      ...by('media 4.5', 'A dialog is closed, so it no longer has to be finished before the next task.'),
      actions: 'finishOne',
    },

    ...sidesAndPresence,
    LINK_LOST: { ...by('P5'), actions: ['noteCutOff', 'loseLink', 'tellDialogsWhoActs'] },
    PERIPHERAL_LOST: { ...by(['P9', 'P11'], 'A gateway has failed.'), actions: 'toMediaAlike' },
    CONFIGURED: { ...ownWork('The directory has changed.'), actions: ['configureOthers', 'configure'] },
  },
  states: {
    LOGOUT: {
      description: 'The user is signed out of voice.',
      // `leaveCalls` is an entry action, so that it runs for every kind of sign-out.
      ...leadsTo('NOT_READY', 'UNKNOWN'),
      entry: ['forgetSignIn', shown('LOGOUT').entry, 'leaveCalls', 'endWatchIfSignedOut', 'dropNail'],
      exit: shown('LOGOUT').exit,
      on: {
        SIGN_IN: [
          ...refusedSignIn,
          {
            ...by('U2', 'The user signs in.'),
            target: 'SIGNED_IN',
            actions: [
              'signIn',
              'signInHere',
              'noteWhoActs',
              'clearReason',
              'findCalls',
              'tellPresenceOfSignIn',
              'nail',
            ],
          },
        ],
        READY: { ...by('user 5.2'), ...refuses('INVALID_USER_STATE') },
        NOT_READY: { ...by('user 5.4'), ...refuses('NOT_READY_WHILE_SIGNED_OUT') },
        SIGN_OUT: { ...by(['user 4.3', 'ruling 34']), actions: 'reject' },
        FORCED_SIGN_OUT: [
          isSuppressed,
          {
            ...by('ruling 30', 'A user who is signed in to media only is signed out of them.'),
            actions: 'thenSignOutOfMedia',
          },
        ],
        MOVED: {
          ...by('ruling 37', 'The acting side has changed, and the media are informed.'),
          actions: 'tellMediaOfMove',
        },
        REMOVED: {
          ...ownWork('The user is not in the directory any more, and is signed out of the media at once.'),
          actions: ['signOutOfMedia', 'forgetPresence'],
        },
        CALL_ADDED: [
          {
            ...by('ruling 47', 'A call that outlives the sign-in was joined with another one.'),
            guard: 'isJoined',
            actions: ['noteLeg', 'announceCall', 'tellCallOfSignOut'],
          },
          { ...by('V32', 'A user who is signed out makes no call.'), guard: 'isOwnCall', actions: cannotCall },
          { ...by('ruling 47', 'A user who is signed out gets no call.'), actions: 'refuseLeg' },
        ],
        // Calls that go on after the sign-out. The first row ends calls that an older version did not inform of the
        // sign-out.
        CALL_CHANGED: [
          { ...by('ruling 47'), guard: 'legWrapsUp', actions: ['noteLeg', 'leaveCalls'] },
          {
            ...by('ruling 47', 'A call that outlives the sign-in goes on and changes no state.'),
            actions: ['noteLeg', 'announceCall'],
          },
        ],
        CALL_REMOVED: { ...by('ruling 47', 'A call that outlived the sign-in is over.'), actions: callLeaves },
        CALLS_FOUND: { ...by('ruling 47'), actions: 'leaveCalls' },
        MONITOR_ASKED: hasNoCallToHear,
        LINK_BACK: {
          ...by('P7', 'The link of a side is back, and the media of a user who is signed out of voice are informed.'),
          actions: linkIsBack,
        },
        MEDIUM_SIGNED_OUT: {
          ...by('notifications 9.1', 'For a user who is signed out of everything the grace period ends.'),
          actions: 'endWatchIfSignedOut',
        },
      },
    },
    SIGNED_IN: {
      description: 'The user is signed in to voice.',
      initial: 'LOGIN',
      // These rows hold in every state below that has no row of its own for the event.
      on: {
        SIGN_IN: [
          ...refusedSignIn,
          {
            ...by('user 4.1', 'On CCX a sign-in at another extension ends the one before.'),
            guard: 'signsInElsewhere',
            target: 'LOGOUT',
            actions: ['endFirstSignIn', 'signInAgain'],
          },
          { ...by('user 4.1'), actions: ['signIn', 'noteWhoActs', 'publish', 'tellPresenceOfSignIn', 'nail'] },
        ],
        FORCED_SIGN_OUT: [
          isSuppressed,
          {
            ...by(['P2', 'notifications 9.2'], 'A forced sign-out leads to LOGOUT, as the system is set up.'),
            guard: 'disconnectLogsOut',
            target: 'LOGOUT',
            actions: ['systemFails', 'thenSignOutOfMedia'],
          },
          {
            ...by(['P2', 'notifications 9.2'], 'A forced sign-out leads to NOT_READY, as the system is set up.'),
            target: '.NOT_READY',
            actions: ['connectionFails', 'endWrapUp', 'thenSignOutOfMedia'],
          },
        ],

        MONITOR_ASKED: [...isHeard, hasNoCallToHear],
        NAIL: nailed,
        CALL_ADDED: [
          comesInto,
          {
            ...by('user 5.1', 'A queue gets its call back, because the agent is not available any more.'),
            guard: 'isRouted',
            actions: 'refuseLeg',
          },
          isBusyForCustomer,
          {
            ...by('V32', 'The agent has a call already, and makes no second one.'),
            guard: 'mayNotCall',
            actions: cannotCall,
          },
          {
            ...by(
              ['V2', 'V1', 'V13', 'V20', 'U7', 'user 5.6'],
              'A call rings at the extension, or the agent makes one, and the state follows.',
            ),
            target: '.deriving',
            actions: callComes,
          },
        ],
        CALL_CHANGED: [
          { ...by('V5'), guard: 'legIsDropped', actions: ['noteLeg', 'announceCall', 'noteCallWork'] },
          {
            ...by(['user 5.6', 'V3', 'V6'], 'The call has changed, and the state follows.'),
            target: '.deriving',
            actions: ['noteLeg', 'timeWrapUp', 'announceCall', 'noteCallWork'],
          },
        ],
        CALL_REMOVED: [
          {
            ...by(['V61', 'V67'], 'The call was joined with another one, which decides the state.'),
            guard: 'isJoined',
            actions: callLeaves,
          },
          {
            ...by(['V7', 'V8', 'V10'], 'A call is over for the agent, and the state follows.'),
            target: '.deriving',
            actions: callLeaves,
          },
        ],
        CALLS_FOUND: {
          ...by(
            ['ruling 47', 'ruling 32'],
            'There are calls from before the sign-in, or from before READY, and the state follows.',
          ),
          target: '.deriving',
          actions: ['noteStateBesideCalls', 'timeWrapUp', 'joinCalls'],
        },
        LINK_BACK: {
          ...by(['P7', 'notifications 12.3']),
          actions: ['publishThere', ...linkIsBack],
        },
        MOVED: [
          ...movesInPeace,
          {
            ...by(['notifications 12.4', 'P4']),
            actions: ['tellCallsOfMove', 'forgetOnMove', 'noteMoveWhileReady', 'publishNews', 'tellMediaOfMove'],
          },
        ],

        // An answered call goes on, as after a forced sign-out to LOGOUT.
        REMOVED: {
          ...ownWork('The user is not in the directory any more, and is signed out of everything at once.'),
          target: 'LOGOUT',
          actions: ['noteReason', 'signOutOfMedia', 'forgetPresence'],
        },
      },
      states: {
        LOGIN: {
          description: 'A requested state that clients never see.',
          always: { ...by('U3'), target: 'NOT_READY' },
        },
        NOT_READY: {
          description: 'The agent takes no routed calls.',
          ...leadsTo('LOGOUT', 'READY', 'TALKING', 'UNKNOWN'),
          ...shown('NOT_READY'),
          on: {
            SIGN_OUT: {
              ...by('U4', 'The agent signs out from NOT_READY.'),
              target: '#user.LOGOUT',
              actions: ['noteReason', 'thenSignOutOfMedia'],
            },
            NOT_READY: [
              refusedToSupervisor,
              {
                ...by(['U5', 'ruling 12'], 'The reason for NOT_READY is another.'),
                target: 'NOT_READY',
                reenter: true,
                actions: 'noteReason',
              },
            ],
            READY: [
              isNotNailed,
              {
                ...by('user 5.4', 'On CCX an agent is NOT_READY during a call that no queue has routed.'),
                guard: 'hasUnroutedCall',
                ...refuses('BUSY_WITH_CALL'),
              },
              { ...by('U6', 'READY is asked for.'), target: 'READY', actions: ['clearReason', 'lookAtCalls'] },
            ],
            MONITOR: wantsToListen,
            MONITOR_ASKED: [...isHeard, talksNot],
            MOVED: [
              ...movesInPeace,
              {
                ...by('notifications 12.4', 'A move to another side shows in the reason.'),
                target: 'NOT_READY',
                reenter: true,
                actions: ['tellCallsOfMove', 'forgetOnMove', 'showMove', 'tellMediaOfMove'],
              },
            ],
          },
        },
        READY: {
          description: 'The agent waits for calls.',
          ...leadsTo(
            'NOT_READY',
            'RESERVED',
            'RESERVED_OUTBOUND',
            'RESERVED_OUTBOUND_PREVIEW',
            'LOGOUT',
            'TALKING',
            'UNKNOWN',
          ),
          ...shown('READY'),
          on: {
            CALL_ADDED: [
              {
                ...by('media 4.5', 'Other work does not let the agent take calls of queues.'),
                guard: 'mayNotTakeRoutedCall',
                actions: 'refuseLeg',
              },
              {
                ...by('V21'),
                guard: 'isOwnCall',
                target: 'deriving',
                actions: ['tellCallFromReady', ...callComes],
              },
              {
                ...by(['V2', 'V1', 'V13', 'user 5.6'], 'A call rings at the extension, and the state follows.'),
                target: 'deriving',
                actions: callComes,
              },
            ],
            READY: by('user 5.2', RULES.A5.text),
            NOT_READY: { ...by('U8', 'NOT_READY is asked for.'), target: 'NOT_READY', actions: 'noteReason' },
            SIGN_OUT: [
              {
                ...by('user 5.7', 'A supervisor signs the agent out, or the platform allows it from READY.'),
                guard: 'mayLeaveFromReady',
                target: '#user.LOGOUT',
                actions: ['noteReason', 'thenSignOutOfMedia'],
              },
              refusedSignOut,
            ],
          },
        },
        deriving: ladder,
        RESERVED: {
          description: 'A call rings at the agent.',
          ...leadsTo('TALKING', 'READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'),
          ...shown('RESERVED'),
          on: whileRung,
        },
        RESERVED_OUTBOUND: {
          description: 'Reserved for a campaign.',
          ...leadsTo('READY', 'NOT_READY', 'TALKING', 'LOGOUT', 'UNKNOWN'),
          ...shown('RESERVED_OUTBOUND'),
          on: {
            READY: [holdsReservation, whenReserved.READY],
            NOT_READY: [refusedToSupervisor, holdsReservation, whenReserved.NOT_READY],
            SIGN_OUT: whileRung.SIGN_OUT,
            FORCED_SIGN_OUT: [isSuppressed, disconnectLogsOut, forcedFromReservation],
          },
        },
        RESERVED_OUTBOUND_PREVIEW: {
          description: 'Reserved for a campaign, with a preview of the contact.',
          ...leadsTo('READY', 'NOT_READY', 'TALKING', 'LOGOUT', 'UNKNOWN'),
          ...shown('RESERVED_OUTBOUND_PREVIEW'),
          on: {
            ...whileRung,
            READY: [holdsReservation, waitsForPreview],
            NOT_READY: [refusedToSupervisor, holdsReservation, waitsForPreview],
          },
        },
        TALKING: {
          description: 'The agent is on a call.',
          ...leadsTo('HOLD', 'READY', 'NOT_READY', 'WORK', 'WORK_READY', 'LOGOUT', 'UNKNOWN'),
          entry: ['clearReason', shown('TALKING').entry],
          exit: shown('TALKING').exit,
          on: { ...onCall, MONITOR: isOnCallAlready },
        },
        HOLD: {
          description: 'Every call of the agent is on hold.',
          ...leadsTo('TALKING', 'READY', 'NOT_READY', 'WORK', 'WORK_READY', 'LOGOUT', 'UNKNOWN'),
          ...shown('HOLD'),
          on: { ...onCall, MONITOR: isOnCallAlready, MONITOR_ASKED: [...isHeard, talksNot] },
        },
        WORK: {
          description: 'The agent wraps up, and is NOT_READY afterwards.',
          ...leadsTo('READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'),
          ...shown('WORK'),
          on: inWrapUp,
        },
        WORK_READY: {
          description: 'The agent wraps up, and is READY afterwards.',
          ...leadsTo('READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'),
          ...shown('WORK_READY'),
          on: inWrapUp,
        },
        UNKNOWN: {
          description: 'The state cannot be determined.',
          ...leadsTo(...USER_STATES.filter((state) => state !== 'UNKNOWN')),
          ...shown('UNKNOWN'),
        },
      },
    },
  },
})
