/** A run as plain data: the world, and what happens in it. A script has no chance left in it; it can be printed, kept, cut down and played again. */
import { z } from 'zod'

const ms = z.number().int().min(0)
const index = z.number().int().min(0)
const MRDS = ['5001', '5002', '5003', '5004'] as const
const mrd = z.enum(MRDS)

const agent = z.strictObject({
  id: z.string(),
  supervisor: z.boolean(),
  wrapUp: z.enum(['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED']),
  wrapUpSeconds: z.number().int(),
  mrds: z.array(mrd),
})

const medium = z.strictObject({
  id: mrd,
  interruptible: z.boolean(),
  startTimeoutSeconds: z.number().int(),
  maxTaskDurationSeconds: z.number().int(),
  taskLifeSeconds: z.number().int(),
})

const world = z.strictObject({
  agents: z.array(agent).min(1),
  media: z.array(medium).min(1),
  fidelity: z.enum(['finesse', 'lossless']),
  presenceGraceSeconds: z.number().int(),
  requirePresenceAfterSignIn: z.boolean().default(false),
  logoutOnAgentDisconnect: z.literal([0, 1]),
  userSignoutChannel: z.enum(['voice', 'finesse', 'all']),
  autoWorkModeStateChange: z.boolean(),
  transferTimeoutSeconds: z.number().int(),
  callRingSeconds: z.number().int(),
  /** The ACD is outside, behind `AcdPort`. */
  outside: z.boolean(),
  /** The notification service lives and dies with the system. */
  embedded: z.boolean(),
})

/** How a request fares on its way: delay there and back, loss of either, and impatient repetitions. */
const net = z.strictObject({
  there: ms,
  back: ms,
  lost: z.enum(['', 'request', 'answer']),
  again: z.array(ms),
})

/** How a process dies: at once, before or after the next commit, or while the next notification leaves. */
const ending = z.enum(['now', 'before', 'after', 'send'])
const againShape = z.strictObject({ when: ending, after: ms })

const who = { agent: index, net }
const step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('user.signIn'), ...who, foreign: z.boolean() }),
  z.strictObject({
    do: z.literal('user.state'),
    ...who,
    state: z.enum(['READY', 'NOT_READY', 'LOGOUT', 'WORK']),
    reason: z.boolean(),
  }),
  z.strictObject({
    do: z.literal('media.signIn'),
    ...who,
    mrd,
    limit: z.number().int(),
    answer: z.enum(['ACCEPT', 'IGNORE']),
    atSignOut: z.enum(['CLOSE', 'TRANSFER']),
  }),
  z.strictObject({
    do: z.literal('media.state'),
    ...who,
    mrd,
    state: z.enum(['READY', 'NOT_READY', 'LOGOUT', 'ACTIVE']),
    reason: z.boolean(),
  }),
  z.strictObject({ do: z.literal('media.routable'), ...who, mrd, routable: z.boolean() }),
  /** On a dialog that the client sees; one of the actions that it sees there. */
  z.strictObject({ do: z.literal('act'), ...who, pick: index, choice: index, target: z.string() }),
  /** Any action, whatever the client sees. */
  z.strictObject({
    do: z.literal('wild'),
    ...who,
    pick: index,
    action: z.enum(['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']),
    target: z.string(),
  }),
  z.strictObject({ do: z.literal('call'), ...who, pick: index, action: z.enum(['ANSWER', 'DROP']) }),
  z.strictObject({
    do: z.literal('supervise'),
    ...who,
    by: index,
    state: z.enum(['READY', 'NOT_READY', 'LOGOUT']),
  }),
  z.strictObject({ do: z.literal('stranger'), ...who }),
  z.strictObject({ do: z.literal('submit'), net, selector: z.string(), pinned: z.number().int() }),
  z.strictObject({ do: z.literal('abandon'), net, pick: index }),
  z.strictObject({ do: z.literal('ring'), net, agent: index }),
  z.strictObject({ do: z.literal('hangUp'), net, pick: index }),
  z.strictObject({ do: z.literal('connect'), agent: index }),
  /** The session ends; the service notices it after a while. */
  z.strictObject({ do: z.literal('disconnect'), agent: index, noticed: ms }),
  /** Presence that is told again or too late: of the newest session, or of an older one that is gone. */
  z.strictObject({ do: z.literal('stale'), agent: index, back: index }),
  z.strictObject({
    do: z.literal('fault'),
    net,
    type: z.enum(['acd-link', 'app-path', 'peripheral-gateway', 'resubmission']),
    both: z.boolean(),
    mode: z.enum(['refuse', 'timeout', 'late']),
    up: z.boolean(),
  }),
  z.strictObject({ do: z.literal('disk'), refuses: ms }),
  /** `again`: how the lives after it die, each so many ms after its start. */
  z.strictObject({ do: z.literal('crash'), when: ending, down: ms, again: z.array(againShape).default([]) }),
  z.strictObject({ do: z.literal('restart'), down: ms }),
  /** The wall clock is set, and set back after `for` ms unless that is 0. `down`: the process is dead for so long meanwhile; 0: it runs. */
  z.strictObject({ do: z.literal('clock'), by: z.number().int(), for: ms, down: ms }),
  /** The directory again, cut off: at a share of its length in thousandths, moved to the next end of a line, or of a user. */
  z.strictObject({
    do: z.literal('reload'),
    from: z.enum(['file', 'body']),
    at: z.number().int().min(0).max(999),
    cut: z.enum(['place', 'line', 'user']),
  }),
  /** Connections that never come to a session, by the kind of `test/sockets`; somebody honest comes meanwhile. */
  z.strictObject({
    do: z.literal('sockets'),
    dead: z.array(z.strictObject({ kind: index, end: z.enum(['stays', 'closed', 'reset']) })),
    honest: index,
  }),
  z.strictObject({ do: z.literal('service'), down: ms, sessions: z.boolean() }),
  /** `forgets`: it takes a notification, and says that it did not. */
  z.strictObject({ do: z.literal('publisher'), how: z.enum(['slow', 'refuses', 'forgets']), for: ms }),
  z.strictObject({ do: z.literal('pass'), ms }),
])

export const script = z.strictObject({
  seed: z.number().int(),
  world,
  steps: z.array(z.strictObject({ after: ms, step })),
})

export type Script = z.output<typeof script>
export type World = z.output<typeof world>
export type Step = z.output<typeof step>
export type Ending = z.output<typeof ending>
export type Net = z.output<typeof net>
export type Timed = Script['steps'][number]
export type Mrd = (typeof MRDS)[number]
export { MRDS }
