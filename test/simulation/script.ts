/** A run as plain data: the world and the steps, without random choices. It can be saved, shrunk and replayed. */
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
  /** The ACD is an external one, behind `AcdPort`. */
  outside: z.boolean(),
  /** The notification service lives and dies with the system. */
  embedded: z.boolean(),
})

/** What happens to a request: delay there and back, loss of request or answer, and repetitions by the client. */
const net = z.strictObject({
  there: ms,
  back: ms,
  lost: z.enum(['', 'request', 'answer']),
  again: z.array(ms),
})

/** How a process dies: at once, before or after the next commit, or while it sends the next notification. */
const ending = z.enum(['now', 'before', 'after', 'send'])
const againShape = z.strictObject({ when: ending, after: ms })

/** What agents do with calls, but for the answer. */
const LINE_ACTIONS = [
  'HOLD',
  'RETRIEVE',
  'DROP',
  'CONSULT_CALL',
  'TRANSFER',
  'CONFERENCE',
  'TRANSFER_SST',
  'PARTICIPANT_DROP',
] as const

/** Whom an agent dials: the agent `other`, or a number outside by the way in which it answers. */
const dialled = z.enum(['agent', 'talks', 'busy', 'bad', 'silent'])

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
  /** One of the actions that the client sees, on a dialog that it sees. */
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
  /** The agent calls somebody: another agent, or a number outside that answers in this way. */
  z.strictObject({ do: z.literal('dial'), ...who, to: dialled, other: index }),
  /** An action on a call whose list has it; `to` and `other` for those that dial. */
  z.strictObject({
    do: z.literal('line'),
    ...who,
    pick: index,
    action: z.enum(LINE_ACTIONS),
    to: dialled,
    other: index,
  }),
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
  /** The session ends. The service notices this after `noticed` ms. */
  z.strictObject({ do: z.literal('disconnect'), agent: index, noticed: ms }),
  /** Presence that is repeated or too late: of the newest session, or of an older one that has ended. */
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
  /** `again`: how the next processes die, each `after` ms after its start. */
  z.strictObject({ do: z.literal('crash'), when: ending, down: ms, again: z.array(againShape).default([]) }),
  z.strictObject({ do: z.literal('restart'), down: ms }),
  /** The wall clock changes, for `for` ms or for good if that is 0. `down`: ms that the process is down, or 0. */
  z.strictObject({ do: z.literal('clock'), by: z.number().int(), for: ms, down: ms }),
  /** A reload of a directory that is cut off at `at` thousandths of its length, or at the next end of line or user. */
  z.strictObject({
    do: z.literal('reload'),
    from: z.enum(['file', 'body']),
    at: z.number().int().min(0).max(999),
    cut: z.enum(['place', 'line', 'user']),
  }),
  /** Connections that never get a session, by kind in `test/sockets`. An honest client signs in meanwhile. */
  z.strictObject({
    do: z.literal('sockets'),
    dead: z.array(z.strictObject({ kind: index, end: z.enum(['stays', 'closed', 'reset']) })),
    honest: index,
  }),
  z.strictObject({ do: z.literal('service'), down: ms, sessions: z.boolean() }),
  /** `forgets`: the service accepts a notification and reports an error. */
  z.strictObject({ do: z.literal('publisher'), how: z.enum(['slow', 'refuses', 'forgets']), for: ms }),
  z.strictObject({ do: z.literal('pass'), ms }),
])

export const script = z.strictObject({
  seed: z.number().int(),
  /** The disk answers later, in any order. */
  late: z.boolean().optional(),
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
