/**
 * The steps that the tables list, for telling an unusual step from a usual one. Advisory: a follower accepts every
 * step (`user 5.1`: any state may follow any other) and flags those that are missing here.
 */
import type { Effect } from './effects.ts'
import type { MediaState, TaskState, UserState } from './wire.ts'

type Steps<S extends string> = Readonly<Record<S, readonly S[]>>

/** `user 5.2`, rows U1-U30; UNKNOWN may come from anywhere and lead anywhere. */
export const USER_STEPS: Steps<UserState> = {
  LOGOUT: ['NOT_READY', 'UNKNOWN'],
  NOT_READY: ['LOGOUT', 'NOT_READY', 'READY', 'TALKING', 'UNKNOWN'],
  READY: [
    'NOT_READY',
    'RESERVED',
    'RESERVED_OUTBOUND',
    'RESERVED_OUTBOUND_PREVIEW',
    // Supervisor sign-out (5.7) and ruling 32 reach these as well.
    'LOGOUT',
    'TALKING',
    'UNKNOWN',
  ],
  RESERVED: ['TALKING', 'READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'],
  RESERVED_OUTBOUND: ['READY', 'NOT_READY', 'TALKING', 'LOGOUT', 'UNKNOWN'],
  RESERVED_OUTBOUND_PREVIEW: ['READY', 'NOT_READY', 'TALKING', 'LOGOUT', 'UNKNOWN'],
  TALKING: ['HOLD', 'READY', 'NOT_READY', 'WORK', 'WORK_READY', 'LOGOUT', 'UNKNOWN'],
  HOLD: ['TALKING', 'READY', 'NOT_READY', 'WORK', 'WORK_READY', 'LOGOUT', 'UNKNOWN'],
  WORK: ['READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'],
  WORK_READY: ['READY', 'NOT_READY', 'LOGOUT', 'UNKNOWN'],
  UNKNOWN: [
    'LOGOUT',
    'NOT_READY',
    'READY',
    'RESERVED',
    'RESERVED_OUTBOUND',
    'RESERVED_OUTBOUND_PREVIEW',
    'TALKING',
    'HOLD',
    'WORK',
    'WORK_READY',
  ],
}

const WORKING: readonly MediaState[] = ['RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'READY']

/** `media 12.1`, rows A1-A24. */
export const MEDIA_STEPS: Steps<MediaState> = {
  LOGOUT: ['NOT_READY'],
  NOT_READY: ['READY', 'RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'],
  READY: ['NOT_READY', 'RESERVED', 'LOGOUT', 'WORK_NOT_READY'],
  RESERVED: ['READY', 'ACTIVE', 'PAUSED', 'WORK_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'],
  ACTIVE: [...WORKING.filter((state) => state !== 'ACTIVE'), 'NOT_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'],
  PAUSED: [...WORKING.filter((state) => state !== 'PAUSED'), 'NOT_READY', 'INTERRUPTED', 'LOGOUT', 'WORK_NOT_READY'],
  WORK_READY: [
    ...WORKING.filter((state) => state !== 'WORK_READY'),
    'NOT_READY',
    'INTERRUPTED',
    'LOGOUT',
    'WORK_NOT_READY',
  ],
  INTERRUPTED: [...WORKING, 'NOT_READY', 'LOGOUT', 'WORK_NOT_READY'],
  WORK_NOT_READY: [...WORKING, 'NOT_READY', 'INTERRUPTED', 'LOGOUT'],
}

/** `media 12.2`, rows D1-D20. */
export const TASK_STEPS: Steps<TaskState> = {
  OFFERED: ['ACCEPTED', 'CLOSED'],
  ACCEPTED: ['ACTIVE', 'CLOSED'],
  ACTIVE: ['PAUSED', 'WRAPPING_UP', 'INTERRUPTED', 'CLOSED'],
  PAUSED: ['ACTIVE', 'WRAPPING_UP', 'INTERRUPTED', 'CLOSED'],
  WRAPPING_UP: ['PAUSED', 'ACTIVE', 'INTERRUPTED', 'CLOSED'],
  INTERRUPTED: ['ACTIVE', 'PAUSED', 'WRAPPING_UP', 'UNKNOWN', 'CLOSED'],
  UNKNOWN: ['CLOSED'],
  CLOSED: [],
}

/** The effect of a step that a followed Finesse took: flagged unless `steps` lists it. */
export function followed<S extends string>(what: string, steps: Steps<S>, from: unknown, to: S): Effect {
  const listed =
    from === to || Object.entries<readonly string[]>(steps).some(([s, next]) => s === from && next.includes(to))
  return { type: 'followed', what, from: String(from), to, listed }
}
