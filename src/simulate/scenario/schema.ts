/**
 * Schema of a scenario file, version 1: keys, types, ranges, defaults. References between entries are checked in
 * `checks.ts`.
 */
import { z } from 'zod'
import { CAMPAIGN_MODES } from '../../../machines/index.ts'
import { levels, MEDIA_POLICIES, STAGES_MAX, VOICE_POLICIES } from '../../directory/schema.ts'
import { failure, SCRIPT_MAX, scriptEntry, signedIn, variables } from './script.ts'
import { durationOf, momentOf } from './time.ts'

/** Maximum duration in a scenario: seven days. A longer one is probably a typing error. */
export const DURATION_MAX = 7 * 86_400_000

type Read = (value: unknown) => number | undefined

/** A value that `read` converts into a number. `what` describes the expected form in the error message. */
const written = (read: Read, what: string) =>
  z.unknown().transform((value, context) => {
    const number = read(value)
    if (number !== undefined) return number
    const message = value === undefined ? 'is missing' : `must be ${what}`
    context.issues.push({ code: 'custom', message, input: value })
    return z.NEVER
  })

const duration = written(durationOf, 'a duration: 90s, 3m, 1h30m')
const share = z.number().min(0).max(1)
const name = z.string().min(1, 'must not be empty').max(64)
const id = z.string().min(1, 'must not be empty').max(64)

const SHAPES = ['constant', 'exponential', 'lognormal', 'uniform'] as const

const shaped = z
  .strictObject({
    constant: duration.optional(),
    exponential: duration.optional(),
    lognormal: z.strictObject({ mean: duration, sd: duration }).optional(),
    uniform: z.tuple([duration, duration]).optional(),
    min: duration.default(0),
    max: duration.default(DURATION_MAX),
  })
  .refine(
    (value) => SHAPES.filter((shape) => value[shape] !== undefined).length === 1,
    `must have exactly one of ${SHAPES.join(', ')}`,
  )
  .refine(({ min, max }) => min <= max, 'min must not be more than max')
  .refine(({ uniform }) => uniform === undefined || uniform[0] <= uniform[1], 'uniform must be [least, most]')
  .refine(({ lognormal }) => lognormal === undefined || lognormal.mean > 0, 'mean must be more than 0')

/** A random duration: exactly one distribution, with bounds. */
export type Drawn = z.output<typeof shaped>

/** A plain duration is read as `constant`. */
const drawn = z.preprocess((value) => {
  const constant = durationOf(value)
  return constant === undefined ? value : { constant: value }
}, shaped)

/** The turns of a chat: how long the agent takes for a reply, and the customer for the next message. */
const turns = z.strictObject({ agent: drawn, customer: drawn })

export type TurnsOf = z.output<typeof turns>

const handling = z.strictObject({
  /** From ACCEPT to START. */
  start: drawn.optional(),
  active: drawn.optional(),
  wrapUp: drawn.optional(),
  /** Of a call: from the answer to its end. */
  talk: drawn.optional(),
  /** `active` is a conversation in turns. Without it all of `active` is the agent's own work. */
  turns: turns.optional(),
  /** How much longer the agent's own work takes for each further task in hand: 0.1 is a tenth longer. */
  concurrency: z.number().min(0).max(10).optional(),
  /** What it costs to pick up interrupted work again. */
  resumeSeconds: drawn.optional(),
  /** What it costs to take up another task than before. */
  switchSeconds: drawn.optional(),
})

export type HandlingTimes = z.output<typeof handling>

const generate = z.strictObject({
  /** Default: as many as the groups count together. */
  agents: z.number().int().min(1).max(20_000).optional(),
  teams: z.number().int().min(1).max(1000).default(1),
  wrapUpOnIncoming: z.enum(['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED']).default('REQUIRED'),
  /** How many agents each queue of calls of the sample has. The first ones are dealt out in the order of the queues. */
  queues: z.record(id, z.number().int().min(1).max(20_000)).optional(),
})

const directory = z
  .strictObject({ file: z.string().min(1).optional(), inline: z.unknown().optional(), generate: generate.optional() })
  .refine(
    (value) => [value.file, value.inline, value.generate].filter((each) => each !== undefined).length <= 1,
    'must have one of file, inline, generate',
  )

/** Who gets what in a queue of tasks or calls, as in the directory. `skills` and `overflow` name users or groups. */
const queueSettings = {
  priorities: levels.optional(),
  skills: levels.optional(),
  overflow: z
    .array(
      z.strictObject({
        after: duration.refine((ms) => ms > 0, 'must be more than 0s'),
        agents: z.array(name).optional(),
        teams: z.array(id).optional(),
      }),
    )
    .max(STAGES_MAX)
    .optional(),
}

const medium = z.strictObject({
  interruptible: z.boolean().optional(),
  startTimeout: duration.optional(),
  maxTaskDuration: duration.optional(),
  taskLife: duration.optional(),
  policy: z.enum(MEDIA_POLICIES).optional(),
  ...queueSettings,
  /** Only used in the report. */
  serviceLevel: duration.optional(),
})

/** A queue of calls. */
const voiceQueue = z.strictObject({ policy: z.enum(VOICE_POLICIES).optional(), ...queueSettings })

export type QueueEntry = z.output<typeof voiceQueue>

const settings = z.strictObject({
  fidelity: z.enum(['finesse', 'lossless']).optional(),
  presenceGrace: duration.optional(),
  requirePresenceAfterSignIn: z.boolean().optional(),
  logoutOnAgentDisconnect: z.literal([0, 1]).optional(),
  callRing: duration.optional(),
  transferTimeout: duration.optional(),
})

const outsideNumber = z.union([
  z.enum(['busy', 'bad-number', 'no-answer']),
  z.strictObject({ ring: duration, talk: duration.optional() }),
])

const amount = z.number().min(0).max(1_000_000)

/** An amount for every medium, or one per medium (voice is `1`). */
const amounts = z.union([amount, z.record(z.string(), amount)])

const costs = z.strictObject({
  /** Of an hour in which an agent is signed in. */
  agentHour: amount.default(0),
  /** Of a customer who gave up. */
  abandoned: amounts.default(0),
  /** Of a minute in which a customer waited. */
  waitMinute: amounts.default(0),
})

export type Costs = z.output<typeof costs>

const acceptance = z.strictObject({
  probability: share.default(1),
  delay: drawn.prefault('2s'),
})

const condition = {
  is: z.unknown().optional(),
  atLeast: z.unknown().optional(),
  atMost: z.unknown().optional(),
  tolerance: z.unknown().optional(),
}

/** Schema of the whole file. `start` (ms since 1970 UTC) is needed to convert times of day into moments. */
export function scenarioFile(start: number) {
  const moment = written((value) => momentOf(value, start), 'a time: 10:15, or a duration since the start')
  const pause = z.strictObject({
    at: moment,
    for: drawn,
    every: duration.optional(),
    spread: duration.default(0),
    reason: id.optional(),
  })
  const loss = z.strictObject({
    at: moment,
    /** Without it the agent does not come back. */
    for: drawn.optional(),
    spread: duration.default(0),
    share: share.default(1),
  })
  const group = z.strictObject({
    name,
    users: z.array(id).min(1).optional(),
    teams: z.array(id).min(1).optional(),
    count: z.number().int().min(1).optional(),
    voice: z.boolean().default(false),
    /** The agents do only what `script` says. */
    scripted: z.boolean().default(false),
    media: z
      .record(
        z.string(),
        z.preprocess((value) => value ?? {}, z.strictObject(signedIn)),
      )
      .default({}),
    signIn: moment.default(0),
    signOut: moment.optional(),
    /** Whether open work is finished before the sign-out. Otherwise `dialogLogoutAction` applies. */
    finishFirst: z.boolean().default(true),
    stagger: duration.default(0),
    spread: duration.default(0),
    accept: acceptance.prefault({}),
    answer: acceptance.prefault({}),
    /** `never`, or the time after which an agent becomes ready again after a missed task or call. */
    backAfterRona: z
      .preprocess((value) => (value === 'never' ? { constant: DURATION_MAX } : value), drawn)
      .prefault('30s'),
    breaks: z.array(pause).max(100).default([]),
    connectionLosses: z.array(loss).max(100).default([]),
    /** Time from the loss of a side until a desktop signs in on the other side (`notifications 12.6`). */
    failover: drawn.prefault('1m'),
    transfers: z
      .array(z.strictObject({ mrd: id, probability: share, target: id }))
      .max(100)
      .default([]),
    /** Customers of queues and groups that the agent transfers to a number at the end of the talk, each once at most. */
    callTransfers: z
      .array(
        z.strictObject({
          probability: share,
          to: z.string().regex(/^[\x20-\x7e]{1,64}$/, 'must be a number'),
          /** `consult`, `conference`: the agent calls the number first, and talks with who answers for `talk`. */
          how: z.enum(['at-once', 'consult', 'conference']).default('at-once'),
          /** Also how long the agent stays in the conference. */
          talk: drawn.prefault('30s'),
        }),
      )
      .max(100)
      .default([]),
    handling: z.record(z.string(), handling).default({}),
  })
  const campaign = z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, 'must have 1 to 32 letters, digits or hyphens'),
    mode: z.enum(CAMPAIGN_MODES),
    queue: id,
    contacts: z.number().int().min(1).max(5000),
    at: moment.default(0),
    linesPerAgent: z.number().int().min(1).max(10).default(1),
    preview: duration.default(60_000),
    noAnswer: duration.default(30_000),
    retry: duration.default(1_800_000),
    attempts: z.number().int().min(1).max(100).default(3),
    /** The shares of the contacts that are busy, and that do not answer. */
    busy: share.default(0),
    unanswered: share.default(0),
    /** How long a number rings that answers. */
    ring: drawn.prefault('10s'),
  })
  const arrival = z.strictObject({
    name: name.optional(),
    selector: id.optional(),
    extension: id.optional(),
    queue: id.optional(),
    group: name.optional(),
    at: z.array(moment).min(1).optional(),
    every: duration.optional(),
    perHour: z.number().positive().max(10_000_000).optional(),
    byHour: z
      .record(z.string().regex(/^([01]\d|2[0-3])$/, 'must be an hour of the day: "08"'), z.number().min(0))
      .optional(),
    from: moment.default(0),
    to: moment.optional(),
    count: z.number().int().min(1).optional(),
    agent: id.optional(),
    keepAgent: z.boolean().optional(),
    caller: z.string().min(1).max(32).default('5550100'),
    variables,
    patience: drawn.optional(),
    handling: handling.prefault({}),
  })
  const fault = z.strictObject({
    ...failure,
    side: z.enum(['A', 'B']).default('A'),
    from: moment,
    to: moment.optional(),
  })
  const expectation = z.strictObject({
    at: moment.optional(),
    user: id.optional(),
    mrd: id.optional(),
    contact: id.optional(),
    queue: id.optional(),
    state: z.string().optional(),
    routable: z.boolean().optional(),
    total: z.string().optional(),
    ...condition,
  })
  return z.strictObject({
    version: z.literal(1),
    title: z.string().min(1).max(200),
    description: z.string().max(5000).default(''),
    start: z.unknown().optional(),
    duration: duration.refine((ms) => ms >= 1000 && ms <= DURATION_MAX, 'must be 1s to 7d'),
    seed: z.number().int().min(0).max(2_147_483_647).default(1),
    /** Contacts that arrive before, and the work before, are in no figure. */
    warmUp: duration.default(0),
    /** Amounts in any unit of money. */
    costs: costs.optional(),
    /** Other forms of this scenario: names, and what is different. `load.ts` reads them. */
    variants: z.unknown().optional(),
    /** Name of the scenario itself among its variants. */
    baseline: name.default('as it is'),
    /** 2: sides A and B. All agents begin on A. */
    sides: z.union([z.literal(1), z.literal(2)]).default(1),
    directory: directory.default({}),
    media: z.record(z.string(), medium).default({}),
    queues: z.record(z.string(), voiceQueue).default({}),
    settings: settings.default({}),
    /** How numbers outside answer calls of agents. `"*"`: all others. */
    numbers: z.record(z.string().min(1).max(64), outsideNumber).default({}),
    handling: z.record(z.string(), handling).default({}),
    agents: z.array(group).min(1).max(1000),
    arrivals: z.array(arrival).max(10_000).default([]),
    campaigns: z.array(campaign).max(2).default([]),
    faults: z.array(fault).max(100).default([]),
    script: z.array(scriptEntry(moment)).max(SCRIPT_MAX).default([]),
    expect: z.array(expectation).max(10_000).default([]),
  })
}

export type ScenarioFile = z.output<ReturnType<typeof scenarioFile>>
export type Group = ScenarioFile['agents'][number]
export type Arrival = ScenarioFile['arrivals'][number]
export type CampaignEntry = ScenarioFile['campaigns'][number]
export type FaultEntry = ScenarioFile['faults'][number]
export type ExpectEntry = ScenarioFile['expect'][number]
