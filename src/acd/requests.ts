/** Schemas of the requests, one for each operation. Unknown names are refused, so callers notice typing errors. */

import { z } from 'zod'
import type { AcdTaskState } from '../engine/values.ts'
import { timeParameter } from '../times/parameter.ts'
import { listLimit } from './pages.ts'
import { callVariables, taskVariables } from './variables.ts'

const id = (what: string) => z.string(`${what} is a string`).min(1, `${what} is empty`).max(128, `${what} is too long`)

const TASK_STATES = [
  'queued',
  'reserved',
  'handled',
  'abandoned',
  'resubmitted',
  'lost',
  'expired',
] as const satisfies readonly AcdTaskState[]

export const newTask = z
  .strictObject({
    scriptSelector: id('a script selector'),
    mrdId: id('an MRD id').optional(),
    variables: taskVariables.optional(),
    agentId: id('a user id').optional(),
    keepAgent: z.boolean('true or false is expected').optional(),
  })
  .refine(({ agentId, keepAgent }) => agentId !== undefined || keepAgent !== true, {
    path: ['keepAgent'],
    message: 'only a task with agentId has an agent to keep',
  })

export const taskFilter = z.strictObject({
  state: z.enum(TASK_STATES, `one of ${TASK_STATES.join(', ')} is expected, once`).optional(),
  mrdId: id('an MRD id').optional(),
  limit: listLimit,
  before: z
    .string('the value of a link to the next page is expected')
    .regex(/^\d{1,16}\.[^.]{1,128}$/, 'the value of a link to the next page is expected')
    .transform((text) => ({
      queuedAt: Number(text.slice(0, text.indexOf('.'))),
      id: text.slice(text.indexOf('.') + 1),
    }))
    .optional(),
})

/** The link of a wallboard. */
export const newKiosk = z.strictObject({ name: id('a name') })

/** A body or query without parameters. */
export const nothing = z.strictObject({})

const WEEK = 7 * 86_400_000

export const clockMove = z.strictObject({
  advanceMs: z
    .number('a number of milliseconds is expected')
    .int('a whole number is expected')
    .min(0, 'time does not go back')
    .max(WEEK, `at most ${WEEK} are possible, a week`),
})

const questionAt = (time: z.ZodType<number, string>) =>
  z.strictObject({
    at: time.optional(),
    from: time.optional(),
    to: time.optional(),
    mrd: id('an MRD id').optional(),
    dialog: id('a dialog id').optional(),
    limit: z.coerce.number('a number is expected').optional(),
    personal: z
      .enum(['true', 'false'], 'true or false is expected')
      .default('false')
      .transform((text) => text === 'true'),
  })

/** Query of `GET /explain`. `now`: the engine's time, in milliseconds since 1970 UTC. */
export const explainQuestion = (now: number) => questionAt(timeParameter(now))

/** Address of a party to a call: a telephone number or an extension. */
export const address = (what: string) =>
  z
    .string(`${what} is a string`)
    .regex(/^[A-Za-z0-9+*#._-]{1,64}$/, `${what} has 1 to 64 letters, digits or + * # . _ -`)

export const newCall = z
  .strictObject({
    from: address('an address'),
    to: address('a number').optional(),
    queue: address('a queue').optional(),
    variables: callVariables.optional(),
  })
  .superRefine(({ to, queue }, context) => {
    const isWrong = (name: 'to' | 'queue', input: unknown, message: string) =>
      context.addIssue({ code: 'custom', path: [name], input, message })
    if (to === undefined && queue === undefined) isWrong('to', undefined, 'a call goes to a number or to a queue')
    if (to !== undefined && queue !== undefined) isWrong('queue', queue, 'a call has either to or queue')
  })

export const callAction = z.strictObject({ action: z.enum(['HANGUP'], 'HANGUP is expected') })

const faultOf = <T extends string>(type: T) =>
  z.strictObject({
    type: z.literal(type),
    side: z.enum(['A', 'B'], 'A or B is expected').optional(),
    up: z.boolean('true or false is expected'),
  })

/** Body of `POST /faults`. To end a fault, its type is enough. */
export const fault = z.discriminatedUnion(
  'type',
  [
    faultOf('acd-link'),
    faultOf('side'),
    faultOf('app-path'),
    faultOf('peripheral-gateway').extend({ both: z.boolean('true or false is expected').default(false) }),
    faultOf('resubmission').extend({
      mode: z.enum(['refuse', 'timeout', 'late'], 'refuse, timeout or late is expected').default('refuse'),
    }),
  ],
  'acd-link, side, app-path, peripheral-gateway or resubmission is expected',
)

/** A whole number in a range. `what`: for example `a number of seconds`. */
export const wholeNumber = (what: string, least: number, most: number) =>
  z
    .number(`${what} is expected`)
    .int('a whole number is expected')
    .min(least, `at least ${least} is expected`)
    .max(most, `at most ${most} is possible`)

const wholeSeconds = (least: number, most: number) => wholeNumber('a number of seconds', least, most)

const outsideNumber = z.discriminatedUnion(
  'outcome',
  [
    z.strictObject({
      outcome: z.literal('answer'),
      ringSeconds: wholeSeconds(0, 600).default(5),
      talkSeconds: wholeSeconds(1, 86_400).nullable().default(null),
    }),
    z.strictObject({ outcome: z.enum(['busy', 'bad-number', 'no-answer']) }),
  ],
  'outcome answer, busy, bad-number or no-answer is expected',
)

/** Most numbers in one request. */
const NUMBERS_MAX = 1000

/** Body of `POST /network`. `null` ends the behaviour of a number. */
export const networkChange = z.strictObject({
  default: outsideNumber.optional(),
  numbers: z
    .record(address('a number'), outsideNumber.nullable())
    .refine((all) => Object.keys(all).length <= NUMBERS_MAX, `at most ${NUMBERS_MAX} numbers are possible at once`)
    .optional(),
})

const SUBJECTS_MAX = 100

const ids = (what: string) =>
  z.array(id(what), 'a list of strings is expected').max(SUBJECTS_MAX, `at most ${SUBJECTS_MAX} are possible`)

/** Body of `POST /erasures`: identifies the customer whose data is erased. */
export const customer = z.strictObject({
  tasks: ids('a task id').optional(),
  dialogs: ids('a dialog id').optional(),
  calls: ids('a call id').optional(),
  variables: z
    .array(
      z.strictObject({
        name: id('the name of a variable').optional(),
        value: z.string('a value has to be a string').min(1, 'a value must not be empty').max(1000, 'it is too long'),
      }),
      'a list is expected: each item has a value, and may have a name',
    )
    .max(SUBJECTS_MAX, `at most ${SUBJECTS_MAX} are possible`)
    .optional(),
  callers: ids('a number').optional(),
  dryRun: z.boolean('true or false is expected').default(false),
})
