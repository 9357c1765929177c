/**
 * XMPP presence of one user on one side, and the grace period (`notifications 9.1`).
 *
 * Presence shows whether a session of the user is connected. It changes the agent state by one rule only: if the last
 * session of a signed-in user is gone for the length of the grace period, the user is signed out by force. The same
 * holds for a user who signs in without any session, but only if the configuration requires presence.
 */
import { assertEvent, assign, emit, setup } from 'xstate'
import type { Effect } from './effects.ts'
import type { Occurrence } from './occurrence.ts'
import { aloud, type Reported, type ReportParams } from './report.ts'
import { by, ownWork, type RowMeta } from './rules.ts'
import type { Side } from './wire.ts'

export interface PresenceInput {
  readonly side: Side
  readonly graceMs: number
}

export interface PresenceContext extends PresenceInput {
  /** Full JIDs of the available sessions. An unavailable presence of any other session changes nothing. */
  readonly sessions: readonly string[]
}

export type PresenceEvent =
  | ({ readonly type: 'AVAILABLE'; readonly session: string } & Occurrence)
  /** `watched`: the user is signed in to voice or to any medium (ruling 30), and the side has its link to the ACD. */
  | ({ readonly type: 'UNAVAILABLE'; readonly session: string; readonly watched: boolean } & Occurrence)
  | ({ readonly type: 'PRESENCE_GRACE_OVER' } & Occurrence)
  /** The user has signed in on this side. `presenceIsRequired`: a session has to connect within the grace period. */
  | ({ readonly type: 'SIGNED_IN'; readonly presenceIsRequired: boolean } & Occurrence)
  /** The user is signed out of everything. */
  | ({ readonly type: 'SIGNED_OUT' } & Occurrence)
  /**
   * The side is out of service, because its link to the ACD is lost. Until it is back no user is signed out by force.
   */
  | ({ readonly type: 'OUT_OF_SERVICE' } & Occurrence)
  /** The notification service is lost, or the process was restarted, so presence is unknown. */
  | ({ readonly type: 'SERVICE_LOST' } & Occurrence)
  /** All sessions on the side are lost, and the grace period ends without a sign-out. */
  | ({ readonly type: 'SESSIONS_LOST' } & Occurrence)
  /** The notification service is back. Events for all sessions that it knows came before this one. */
  | ({ readonly type: 'SERVICE_BACK'; readonly watched: boolean } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly graceMs: number } & Occurrence)

/** The reports of a presence to its user. */
export type PresenceReport =
  | ({ readonly type: 'FORCED_SIGN_OUT'; readonly side: Side } & Occurrence)
  /** A session has connected. It is the newest available presence (`media 13`). */
  | ({ readonly type: 'CAME'; readonly side: Side } & Occurrence)
  /** A session is connected after presence was unknown. It may have been connected all the time. */
  | ({ readonly type: 'RETURNED'; readonly side: Side } & Occurrence)
  /** The last session has disconnected. */
  | ({ readonly type: 'WENT'; readonly side: Side } & Occurrence)

const serviceLost = by('notifications 9.1', 'The notification service is lost, and presence is unknown.')
const sessionsLost = by('notifications 9.1', 'The side is lost with every session on it.')
const signedOut = by('notifications 9.1', 'The user is signed out of everything, and the grace period ends.')

const guarded = setup({
  types: {
    context: {} as PresenceContext,
    events: {} as PresenceEvent,
    input: {} as Partial<PresenceInput>,
    emitted: {} as Effect | Reported<PresenceReport>,
    meta: {} as RowMeta,
  },
  guards: {
    isKnownSession: ({ context, event }) => event.type === 'AVAILABLE' && context.sessions.includes(event.session),
    isLastSession: ({ context, event }) =>
      event.type === 'UNAVAILABLE' && context.sessions.length === 1 && context.sessions[0] === event.session,
    isLastSessionOfWatched: ({ context, event }) =>
      event.type === 'UNAVAILABLE' &&
      event.watched &&
      context.sessions.length === 1 &&
      context.sessions[0] === event.session,
    isPresenceRequired: ({ event }) => event.type === 'SIGNED_IN' && event.presenceIsRequired,
    isWatched: ({ event }) => event.type === 'SERVICE_BACK' && event.watched,
  },
  actions: { report: emit((_, params: ReportParams<PresenceReport>) => aloud(params)) },
})

const reports = (type: PresenceReport['type']) =>
  guarded.enqueueActions(({ context: { side }, event: { at }, enqueue }) => {
    enqueue({ type: 'report', params: { report: { type, side, at } } })
  })

const presence = guarded.extend({
  actions: {
    addSession: assign({
      sessions: ({ context, event }) => {
        assertEvent(event, 'AVAILABLE')
        return [...context.sessions.filter((session) => session !== event.session), event.session]
      },
    }),
    dropSession: assign({
      sessions: ({ context, event }) => {
        assertEvent(event, 'UNAVAILABLE')
        return context.sessions.filter((session) => session !== event.session)
      },
    }),
    forgetSessions: assign({ sessions: [] }),
    configure: assign(({ event }) => {
      assertEvent(event, 'CONFIGURED')
      return { graceMs: event.graceMs }
    }),
    armGrace: emit(
      ({ context, event }): Effect => ({
        type: 'deadline.armed',
        owner: `presence:${context.side}`,
        name: 'PRESENCE_GRACE_OVER',
        due: event.at + context.graceMs,
      }),
    ),
    clearGrace: emit(
      ({ context }): Effect => ({
        type: 'deadline.cleared',
        owner: `presence:${context.side}`,
        name: 'PRESENCE_GRACE_OVER',
      }),
    ),
    forceSignOut: reports('FORCED_SIGN_OUT'),
    tellCame: reports('CAME'),
    tellReturned: reports('RETURNED'),
    tellWent: reports('WENT'),
  },
})

export const presenceMachine = presence.createMachine({
  id: 'presence',
  context: ({ input }) => ({ side: 'A', graceMs: 60_000, ...input, sessions: [] }),
  initial: 'ABSENT',
  on: {
    CONFIGURED: {
      ...ownWork('The directory has another grace period, which counts from the next one on.'),
      actions: 'configure',
    },
  },
  states: {
    ABSENT: {
      description: 'No session is connected, and no grace period is running.',
      on: {
        AVAILABLE: {
          ...by('notifications 9.1', 'The first session has connected.'),
          target: 'PRESENT',
          actions: 'tellCame',
        },
        SIGNED_IN: {
          ...by('notifications 9.1', 'The user signed in without a session, and presence is required.'),
          guard: 'isPresenceRequired',
          target: 'GRACE',
        },
      },
    },
    PRESENT: {
      description: 'At least one session is available.',
      entry: 'addSession',
      exit: 'forgetSessions',
      on: {
        AVAILABLE: [
          { ...ownWork('A session says again that it is available.'), guard: 'isKnownSession', actions: 'addSession' },
          {
            ...by('ruling 37', 'A further session has connected, and its side becomes the acting side.'),
            actions: ['addSession', 'tellCame'],
          },
        ],
        UNAVAILABLE: [
          {
            ...by(
              'notifications 9.1',
              'The last session of a user who is signed in is gone, and the grace period begins.',
            ),
            guard: 'isLastSessionOfWatched',
            target: 'GRACE',
            actions: 'tellWent',
          },
          {
            ...by('notifications 9.1', 'The last session of a user who is signed out is gone.'),
            guard: 'isLastSession',
            target: 'ABSENT',
            actions: 'tellWent',
          },
          { ...by(['notifications 9.1', 'P12'], 'One of several sessions is gone.'), actions: 'dropSession' },
        ],
        SERVICE_LOST: { ...serviceLost, target: 'UNKNOWN' },
        SESSIONS_LOST: { ...sessionsLost, target: 'ABSENT', actions: 'tellWent' },
      },
    },
    GRACE: {
      description: 'No session is connected, and the user is signed out by force unless one connects in time.',
      entry: 'armGrace',
      exit: 'clearGrace',
      on: {
        AVAILABLE: {
          ...by('P1', 'A session has connected within the grace period.'),
          target: 'PRESENT',
          actions: 'tellCame',
        },
        PRESENCE_GRACE_OVER: { ...by('P2'), target: 'ABSENT', actions: 'forceSignOut' },
        SIGNED_OUT: { ...signedOut, target: 'ABSENT' },
        OUT_OF_SERVICE: {
          ...by('notifications 9.1', 'While the side is out of service no user is signed out by force there.'),
          target: 'ABSENT',
        },
        SERVICE_LOST: { ...serviceLost, target: 'UNKNOWN' },
        SESSIONS_LOST: { ...sessionsLost, target: 'ABSENT' },
      },
    },
    // A user who was connected counts as connected until the service is back. Then a new grace period begins. A session
    // that connects again is reported as RETURNED, not as CAME, because it may not be new.
    UNKNOWN: {
      description: 'A session was connected, or the grace period was running, when the notification service was lost.',
      on: {
        AVAILABLE: {
          ...by('notifications 9.1', 'A session is connected, and may have been connected all the time.'),
          target: 'PRESENT',
          actions: 'tellReturned',
        },
        SERVICE_BACK: [
          {
            ...by(
              'notifications 9.1',
              'The notification service is back without the session, and a fresh grace period begins.',
            ),
            guard: 'isWatched',
            target: 'GRACE',
            actions: 'tellWent',
          },
          {
            ...by(
              'notifications 9.1',
              'The notification service is back without the session of a user who is signed out.',
            ),
            target: 'ABSENT',
            actions: 'tellWent',
          },
        ],
        SIGNED_OUT: { ...signedOut, target: 'ABSENT', actions: 'tellWent' },
        SESSIONS_LOST: { ...sessionsLost, target: 'ABSENT', actions: 'tellWent' },
      },
    },
  },
})
