/** Explains why a user is in a state, and what led to it, from the history in the store. */

import type { Side } from '../../../machines/wire.ts'
import { SideBehaviour } from '../../engine/aggregate/side/behaviour.ts'
import type { Input } from '../../engine/input.ts'
import type { History } from '../../engine/ports.ts'
import { timeText } from '../../times/index.ts'
import type { Until } from '../ending.ts'
import { Chains } from './chain.ts'
import { citedRules } from './cited.ts'
import { upcoming } from './deadlines.ts'
import type { Explanation, Service, Subject } from './explanation.ts'
import { type Moment, momentOf } from './last-changes.ts'
import { namesOf } from './names.ts'
import type { Outbox } from './outputs.ts'
import { keyOf } from './picture.ts'
import { ExplainError, LIMIT, type Question } from './question.ts'
import { statesOf } from './states.ts'
import { timelineOf } from './timeline.ts'
import { behaviourAt, deadlinesAt, inputOf, rowsAt } from './trace.ts'

/** Limits of the length of a timeline without `from`, in milliseconds. */
const BACK = { least: 600_000, most: 3_600_000 }

/**
 * Explains a user at a moment, with a timeline of the span before it. Other work of the process runs meanwhile.
 *
 * Rejects with ExplainError when the question has no answer.
 */
export async function explain(history: History, question: Question): Promise<Explanation> {
  const { limit = LIMIT.standard, personal = false } = question
  const position = history.lastPosition
  const kept = await whatIsKept(history, question.user)
  const at = timeOfMoment(question, kept)
  const until: Until = { time: at, position }
  const moment = await momentOf(history, kept.name, until, endedKey(question.dialog))
  if (!moment) throw new ExplainError('NOT_YET', 'at', `user ${question.user} was not there at ${timeText(at)}`)
  const { picture, last } = moment
  const names = namesOf(picture.setup, personal)
  const about = subjectAsked(question, moment)
  const matches = matching(question, about)
  const service = await servicesOf(history, picture.setup.sides, until)
  const isDraining = service.some(({ draining }) => draining)
  const scene = { ...moment, names, isDraining, at: Number.isFinite(at) ? at : (last?.row.at ?? moment.start.at) }
  const chains = new Chains(history, names)
  const deadlinesOfCall = (dialog: string) => deadlinesAt(history, `call/${dialog}`, until)
  const rows = (position: number) => rowsAt(history, position)
  const states = await statesOf({ scene, chains, deadlinesOfCall, rowsAt: rows }, matches.state, about)
  const span = spanOf(question, states, scene.at, kept)
  const timeline = await timelineOf(
    history,
    kept.name,
    { ...span, position, limit, matches: matches.episode },
    { chains, names, outbox: await outboxOf(history, kept.name, span.from) },
  )
  const { id, teamName } = picture.setup.profile
  const next = moment.deadlines.map(upcoming)
  return {
    user: { id, name: nameOf(picture.setup.profile), team: teamName },
    at: scene.at,
    lastInput: { at: last?.row.at ?? moment.start.at, position: last?.row.position ?? null },
    keptFrom: kept.forgottenBefore,
    states,
    service,
    next,
    timeline,
    rules: citedRules([states, next, timeline]),
  }
}

const nameOf = ({ firstName, lastName }: { readonly firstName: string; readonly lastName: string }) =>
  `${firstName} ${lastName}`.trim()

// ---------------------------------------------------------------------------------------------------- the question

interface Kept {
  readonly name: string
  /** Time of the first kept input, or of the snapshot that replaces compacted inputs. */
  readonly from: number
  readonly forgottenBefore: number | null
}

async function whatIsKept(history: History, user: string): Promise<Kept> {
  const name = `user/${user}`
  const known = await history.aggregate(name)
  if (!known || known.to === 0) {
    if (history.lastPosition === 0) throw new ExplainError('EMPTY_HISTORY', 'history', 'nothing has been written yet')
    throw new ExplainError('UNKNOWN_USER', user, `nothing is kept of a user ${user}`)
  }
  const oldest = known.from > 0 ? await firstOf(history.snapshots(name)) : undefined
  const first = await firstOf(history.rows(name, known.from))
  const from = oldest?.at ?? first?.at ?? 0
  return { name, from, forgottenBefore: known.from > 0 ? from : null }
}

async function firstOf<T>(of: AsyncIterable<T>): Promise<T | undefined> {
  for await (const each of of) return each
  return undefined
}

function timeOfMoment(question: Question, kept: Kept): number {
  const { user, from, to, now = Number.POSITIVE_INFINITY, limit = LIMIT.standard } = question
  const at = question.at ?? to ?? now
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT.most)
    throw new ExplainError('INVALID_QUESTION', 'limit', `limit is a whole number from 1 to ${LIMIT.most}`)
  for (const [name, time] of Object.entries({ at: question.at, from, to }))
    if (time !== undefined && time > now)
      throw new ExplainError('INVALID_QUESTION', name, `${name} is in the future: ${timeText(time)}`)
  const end = to ?? at
  if (from !== undefined && from > end)
    throw new ExplainError('INVALID_QUESTION', 'from', 'from is later than the end of the span')
  if (to !== undefined && question.at !== undefined && question.at > to)
    throw new ExplainError('INVALID_QUESTION', 'at', 'at is later than to')
  const earliest = Math.min(at, kept.forgottenBefore === null ? at : (from ?? at))
  if (earliest >= kept.from) return at
  if (kept.forgottenBefore === null)
    throw new ExplainError(
      'NOT_YET',
      'at',
      `user ${user} was not there at ${timeText(at)}; the first input came at ${timeText(kept.from)}`,
    )
  throw new ExplainError(
    'FORGOTTEN',
    earliest === at ? 'at' : 'from',
    `${timeText(earliest)} is not kept any more: the past of user ${user} begins at ${timeText(kept.from)}`,
  )
}

/**
 * The span of the timeline. Without `from` it begins when the oldest current state began, within the limits of `BACK`.
 */
function spanOf({ from, to }: Question, states: Explanation['states'], at: number, kept: Kept) {
  const end = to ?? at
  if (from !== undefined) return { from, to: end }
  const since = states.flatMap((state) => state.since ?? [])
  return {
    from: Math.max(kept.from, Math.min(end, Math.max(end - BACK.most, Math.min(end - BACK.least, ...since)))),
    to: end,
  }
}

const isCall = (dialog: string) => !dialog.includes('_')

function endedKey(dialog: string | undefined): string | undefined {
  return dialog === undefined ? undefined : keyOf(subjectOf(dialog))
}

function subjectOf(dialog: string): Subject {
  return isCall(dialog) ? { kind: 'call', dialog } : { kind: 'dialog', dialog, mrd: dialog.split('_')[2] ?? '' }
}

/**
 * The ended dialog or call that the question names; `undefined` for any other question. @throws ExplainError for an
 * unknown MRD or dialog
 */
function subjectAsked({ user, mrd, dialog }: Question, { picture, changes }: Moment): Subject | undefined {
  if (mrd !== undefined && mrd !== '1' && !Object.hasOwn(picture.media, mrd))
    throw new ExplainError('UNKNOWN_MRD', mrd, `user ${user} has no MRD ${mrd}`)
  if (dialog === undefined || Object.hasOwn(picture.tasks, dialog) || Object.hasOwn(picture.calls, dialog))
    return undefined
  const subject = subjectOf(dialog)
  if (changes.has(keyOf(subject))) return subject
  throw new ExplainError(
    'UNKNOWN_DIALOG',
    dialog,
    `user ${user} had no dialog ${dialog} at that time or in the time before it that was searched`,
  )
}

interface Matching {
  state(subject: Subject): boolean
  /** Without it every episode matches. */
  episode?(subject: Subject): boolean
}

function matching({ mrd, dialog }: Question, ended: Subject | undefined): Matching {
  if (dialog !== undefined) {
    const named = (subject: Subject) => 'dialog' in subject && subject.dialog === dialog
    const owner = ended ?? subjectOf(dialog)
    const around = (subject: Subject) =>
      owner.kind === 'dialog' ? subject.kind === 'media' && subject.mrd === owner.mrd : subject.kind === 'voice'
    return { state: (subject) => named(subject) || around(subject), episode: named }
  }
  if (mrd === '1') {
    const isVoice = ({ kind }: Subject) => kind === 'voice' || kind === 'call'
    return { state: isVoice, episode: isVoice }
  }
  if (mrd === undefined) return { state: () => true }
  const of = (subject: Subject) => 'mrd' in subject && subject.mrd === mrd
  return { state: of, episode: of }
}

// ---------------------------------------------------------------------------------------------------- surroundings

async function outboxOf(history: History, name: string, from: number): Promise<Outbox> {
  const rows = await history.outbox()
  const waiting = new Set(rows.map(({ number }) => number))
  const lanes = new Map(rows.map(({ number, lane }) => [number, lane]))
  return { storeId: history.storeId, waiting, lanes, missed: await missedSince(history, name, from) }
}

/**
 * Outbox rows that were published without the user, after they had waited for the user. Includes all such rows that
 * were made from `from` (ms) on.
 */
async function missedSince(history: History, name: string, from: number): Promise<ReadonlySet<number>> {
  const missed = new Set<number>()
  const sessions = new Sessions()
  let isAwaited = true
  const base = (await history.snapshot(name, from))?.sequence
  for await (const row of history.rows(name, base ?? (await history.aggregate(name))?.from ?? 0)) {
    const input = row.outcome === 'applied' ? inputOf(row) : undefined
    if (!input) continue
    sessions.take(input)
    if (input.kind === 'awaited') isAwaited = true
    if (input.kind === 'user' && input.event.type === 'PRESENCE' && input.event.available && !input.untilHeard)
      isAwaited = false
    // These are the conditions of the aggregate (`user/behaviour.ts`): the wait goes on if the last session ended just
    // before `heard`, or if a session came just before `notBack`.
    const isHeard = input.kind === 'heard' && sessions.areAnywhere
    const isOver = isHeard || (input.kind === 'notBack' && !sessions.areOn(input.side))
    if (isOver && isAwaited) for (const number of input.missed) missed.add(number)
    if (isHeard) isAwaited = false
  }
  return missed
}

/** The sessions of a user, as far as the rows tell. */
class Sessions {
  readonly #of: Readonly<Record<Side, Set<string>>> = { A: new Set(), B: new Set() }
  #isKnown = false

  /**
   * Whether the user has a session on any side. True until the first presence row, because `heard` is only submitted
   * for a user with a session.
   */
  get areAnywhere(): boolean {
    return !this.#isKnown || this.areOn('A') || this.areOn('B')
  }

  areOn(side: Side): boolean {
    return this.#of[side].size > 0
  }

  take(input: Input): void {
    if (input.kind !== 'user') return
    const { event } = input
    if (event.type === 'SERVICE_LOST' || event.type === 'SESSIONS_LOST') this.#of[event.side].clear()
    if (event.type !== 'PRESENCE') return
    this.#isKnown = true
    if (event.available) this.#of[event.side].add(event.session)
    else this.#of[event.side].delete(event.session)
  }
}

async function servicesOf(history: History, sides: readonly Side[], until: Until): Promise<readonly Service[]> {
  const services: Service[] = []
  for (const side of sides) {
    const behaviour = await behaviourAt(history, `side/${side}`, until)
    if (!(behaviour instanceof SideBehaviour)) continue
    const { status, statusReason } = behaviour.value(until.time)
    services.push({ side, status, reason: statusReason, ...(behaviour.isDraining ? { draining: true } : {}) })
  }
  return services
}
