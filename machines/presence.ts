/**
 * XMPP presence of one user on one side, and the watch over it (`notifications.md` 9.1).
 *
 * Presence says who can be reached. It is joined with the agent state by one rule only: when the last session of a
 * signed-in user is gone for the length of the grace period, the user is signed out by force. Whoever signs in without any
 * session is waited for in the same way where presence is required, and never otherwise.
 */
import { assign, emit, sendParent, setup } from 'xstate'
import type { Effect } from './effects.ts'
import type { Occurrence } from './occurrence.ts'
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
  /** `watched`: the user is signed in to voice or to any medium (ruling 30). */
  | ({ readonly type: 'UNAVAILABLE'; readonly session: string; readonly watched: boolean } & Occurrence)
  | ({ readonly type: 'PRESENCE_GRACE_OVER' } & Occurrence)
  /** The user has signed in on this side; `presenceIsRequired`: who does so without a session has to bring one. */
  | ({ readonly type: 'SIGNED_IN'; readonly presenceIsRequired: boolean } & Occurrence)
  /** The user is signed out of everything. */
  | ({ readonly type: 'SIGNED_OUT' } & Occurrence)
  /** The node left service for its ACD link: nobody is signed out by force meanwhile. */
  | ({ readonly type: 'OUT_OF_SERVICE' } & Occurrence)
  /** The notification service is gone, or this process was: nobody knows who is there. */
  | ({ readonly type: 'SERVICE_LOST' } & Occurrence)
  /** The side is lost with all sessions on it, and with whatever watched over them. */
  | ({ readonly type: 'SESSIONS_LOST' } & Occurrence)
  /** The service is back, and the presences that it knows have been told. */
  | ({ readonly type: 'SERVICE_BACK'; readonly watched: boolean } & Occurrence)
  | ({ readonly type: 'CONFIGURED'; readonly graceMs: number } & Occurrence)

/** What presence tells its user. */
export type PresenceReport =
  | ({ readonly type: 'FORCED_SIGN_OUT'; readonly side: Side } & Occurrence)
  /** A session has come: the newest available presence (`media.md` 13). */
  | ({ readonly type: 'CAME'; readonly side: Side } & Occurrence)
  /** A session is there after nobody knew: it may have been there all the time. */
  | ({ readonly type: 'RETURNED'; readonly side: Side } & Occurrence)
  /** The last session has gone. */
  | ({ readonly type: 'WENT'; readonly side: Side } & Occurrence)

export const presenceMachine = setup({
  types: {
    context: {} as PresenceContext,
    events: {} as PresenceEvent,
    input: {} as PresenceInput,
    emitted: {} as Effect,
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
  actions: {
    addSession: assign({
      sessions: ({ context, event }) =>
        event.type === 'AVAILABLE'
          ? [...context.sessions.filter((session) => session !== event.session), event.session]
          : context.sessions,
    }),
    dropSession: assign({
      sessions: ({ context, event }) =>
        event.type === 'UNAVAILABLE'
          ? context.sessions.filter((session) => session !== event.session)
          : context.sessions,
    }),
    forgetSessions: assign({ sessions: [] }),
    configure: assign(({ event }) => (event.type === 'CONFIGURED' ? { graceMs: event.graceMs } : {})),
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
    forceSignOut: sendParent(
      ({ context, event }): PresenceReport => ({
        type: 'FORCED_SIGN_OUT',
        side: context.side,
        at: event.at,
      }),
    ),
    tellCame: sendParent(({ context, event }): PresenceReport => ({ type: 'CAME', side: context.side, at: event.at })),
    tellReturned: sendParent(
      ({ context, event }): PresenceReport => ({ type: 'RETURNED', side: context.side, at: event.at }),
    ),
    tellWent: sendParent(({ context, event }): PresenceReport => ({ type: 'WENT', side: context.side, at: event.at })),
  },
}).createMachine({
  id: 'presence',
  context: ({ input }) => ({ ...input, sessions: [] }),
  initial: 'ABSENT',
  on: { CONFIGURED: { actions: 'configure' } },
  states: {
    /** Nobody there, nobody waited for: never seen, signed out, or signed out by force. */
    ABSENT: {
      on: {
        AVAILABLE: { target: 'PRESENT', actions: 'tellCame' },
        SIGNED_IN: { guard: 'isPresenceRequired', target: 'GRACE' },
      },
    },
    PRESENT: {
      entry: 'addSession',
      exit: 'forgetSessions',
      on: {
        AVAILABLE: [{ guard: 'isKnownSession', actions: 'addSession' }, { actions: ['addSession', 'tellCame'] }],
        UNAVAILABLE: [
          { guard: 'isLastSessionOfWatched', target: 'GRACE', actions: 'tellWent' },
          { guard: 'isLastSession', target: 'ABSENT', actions: 'tellWent' },
          { actions: 'dropSession' },
        ],
        SERVICE_LOST: 'UNKNOWN',
        SESSIONS_LOST: { target: 'ABSENT', actions: 'tellWent' },
      },
    },
    GRACE: {
      entry: 'armGrace',
      exit: 'clearGrace',
      on: {
        AVAILABLE: { target: 'PRESENT', actions: 'tellCame' }, // P1: a browser was refreshed
        PRESENCE_GRACE_OVER: { target: 'ABSENT', actions: 'forceSignOut' }, // P2
        SIGNED_OUT: 'ABSENT',
        OUT_OF_SERVICE: 'ABSENT',
        SERVICE_LOST: 'UNKNOWN',
        SESSIONS_LOST: 'ABSENT',
      },
    },
    /**
     * Somebody was there, or waited for, when the notification service went away. Who was there counts as there until a
     * fresh grace period starts when it is back, and has not come anew by coming back.
     */
    UNKNOWN: {
      on: {
        AVAILABLE: { target: 'PRESENT', actions: 'tellReturned' },
        SERVICE_BACK: [
          { guard: 'isWatched', target: 'GRACE', actions: 'tellWent' },
          { target: 'ABSENT', actions: 'tellWent' },
        ],
        SIGNED_OUT: { target: 'ABSENT', actions: 'tellWent' },
        SESSIONS_LOST: { target: 'ABSENT', actions: 'tellWent' },
      },
    },
  },
})
