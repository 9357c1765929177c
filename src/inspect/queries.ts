/** Parses and checks the query strings of `/inspect`. */
import { z } from 'zod'
import { timeParameter } from '../times/parameter.ts'
import { AccessRefusal } from './access/refusal.ts'
import type { View } from './bridge.ts'
import { ASKED_MOST, FRAMES, type Recollection } from './history.ts'
import { FOCUS_MAX } from './viewer-messages.ts'

/** Most values of one parameter. */
const VALUES_MAX = 64
const id = z.string().min(1).max(200)
const several = (most: number) => z.array(id).max(most, `at most ${most} are possible`).default([])

const DAY = 86_400_000
const SPAN = 600_000

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'a whole number is expected')
    .transform(Number)
    .refine((number) => number > 0 && number <= most, `at most ${most} is possible`)

const stream = z.strictObject({
  format: z.enum(['stately', 'mrdian']).default('stately'),
  user: several(VALUES_MAX),
  mrd: several(VALUES_MAX),
  dialog: several(VALUES_MAX),
  focus: several(FOCUS_MAX),
})

const past = (time: z.ZodType<number, string>) =>
  z.strictObject({
    user: several(ASKED_MOST),
    dialog: several(ASKED_MOST),
    aggregate: several(ASKED_MOST),
    mrd: several(VALUES_MAX),
    from: time.optional(),
    to: time.optional(),
    at: time.optional(),
    span: whole(DAY).default(SPAN),
    limit: whole(FRAMES.most).default(FRAMES.standard),
    definitions: z.enum(['true', 'false']).default('false'),
  })

/** Parameters that may occur several times in one query. */
const LISTS: ReadonlySet<string> = new Set(['user', 'mrd', 'dialog', 'focus', 'aggregate'])

/** The view that the query of a stream asks for; the gate reads the ticket. Throws `AccessRefusal`. */
export function viewIn(query: URLSearchParams): View {
  const { ticket: _, ...rest } = valuesIn(query)
  const { format, user, mrd, dialog, focus } = checked(stream, rest)
  const inFocus = [...focus, ...user.map((each) => `user/${each}`)].slice(0, FOCUS_MAX)
  return { isCompact: format === 'mrdian', users: user, mrds: mrd, dialogs: dialog, focus: inFocus }
}

/** The part of the past that the query of a history asks for. Its default end is `now`. Throws `AccessRefusal`. */
export function recollectionIn(query: URLSearchParams, now: number): Recollection {
  const { user, dialog, aggregate, mrd, limit, definitions, ...times } = checked(
    past(timeParameter(now)),
    valuesIn(query),
  )
  if (user.length + dialog.length + aggregate.length === 0)
    throw new AccessRefusal('MISSING_PARAMETER', 'user', 'give user, dialog or aggregate, to say whose past is wanted')
  return {
    ...{ users: user, dialogs: dialog, aggregates: aggregate, mrds: mrd },
    ...{ limit, definitions: definitions === 'true' },
    ...spanOf(times, now),
  }
}

/** The moment that an explanation is asked for; empty means the present. Throws `AccessRefusal`. */
export function momentIn(query: URLSearchParams, now: number): { readonly at?: number } {
  const { at } = checked(z.strictObject({ at: timeParameter(now).optional() }), valuesIn(query))
  return at === undefined ? {} : { at }
}

type Times = Pick<z.infer<ReturnType<typeof past>>, 'from' | 'to' | 'at' | 'span'>

function spanOf({ from, to, at, span }: Times, now: number): { readonly from: number; readonly to: number } {
  if (at !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new AccessRefusal('INVALID_PARAMETER', 'at', 'give at, or from and to, not both')
    return { from: at - Math.floor(span / 2), to: at + Math.ceil(span / 2) }
  }
  const end = to ?? now
  const begin = from ?? end - span
  if (begin > end) throw new AccessRefusal('INVALID_PARAMETER', 'from', 'from is later than to')
  if (end - begin > DAY) throw new AccessRefusal('INVALID_PARAMETER', 'from', 'at most a day can be shown at once')
  return { from: begin, to: end }
}

/** The values by name. A parameter that may occur once but occurs twice becomes a list, which its schema refuses. */
function valuesIn(query: URLSearchParams): Readonly<Record<string, string | readonly string[]>> {
  const names = [...new Set(query.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = query.getAll(name)
      return [name, LISTS.has(name) || values.length > 1 ? values : (values[0] ?? '')]
    }),
  )
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue?.code === 'unrecognized_keys') {
    const key = (issue.keys[0] ?? '').slice(0, 80)
    throw new AccessRefusal('UNKNOWN_PARAMETER', key, `there is no parameter ${key}`)
  }
  const name = String(issue?.path[0] ?? 'query')
  throw new AccessRefusal('INVALID_PARAMETER', name, `the parameter ${name} is wrong: ${issue?.message ?? 'not valid'}`)
}
