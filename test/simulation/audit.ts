/**
 * The audit checks every commit, row by row, when it is written to the store. A second set of aggregates replays the
 * journal, and the model of each agent gives the expected notifications.
 */
import { createHash } from 'node:crypto'
import { mediaState, settingsInForce, userState } from '../../machines/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import type { Aggregate } from '../../src/engine/aggregate/aggregate.ts'
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import { type Deadline, isDeadline } from '../../src/engine/aggregate/deadlines.ts'
import type { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import type { Reads } from '../../src/engine/api.ts'
import { isNotification } from '../../src/engine/delivery/delivery.ts'
import { type Input, isInput } from '../../src/engine/input.ts'
import type { Batch, JournalRow, Store } from '../../src/engine/ports.ts'
import { createReads } from '../../src/engine/reads.ts'
import { recover } from '../../src/engine/recovery/recovery.ts'
import type { Notification } from '../../src/engine/values.ts'
import { SameOrder } from './calls.ts'
import { cellsOf } from './coverage.ts'
import type { Findings } from './findings.ts'
import { earlier, lineOf } from './lines.ts'
import { AgentModel } from './model/agent.ts'

const TRAIL_KEPT = 40

export class Audit {
  readonly shadow = new Aggregates()
  readonly models: ReadonlyMap<string, AgentModel>
  readonly reads: Reads
  readonly cells = new Set<string>()
  /** The last notification about each object. */
  readonly told = new Map<string, Notification>()
  readonly #findings: Findings
  readonly #hash = createHash('sha256')
  readonly #offers = new Set<string>()
  readonly #open = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #calls = new SameOrder()
  readonly #touched = new Set<string>()
  readonly #start: number
  /** The last rows of users, each with the notifications that it caused. */
  readonly trail: string[] = []
  rows = 0
  /** The time at a start was behind the journal. */
  wasSetBack = false

  constructor(directory: Directory, findings: Findings, now: () => number) {
    this.#findings = findings
    this.#start = now()
    this.models = new Map(directory.users.map((user) => [user.id, new AgentModel(directory, user)]))
    this.reads = createReads(this.shadow, { current: directory }, { now, storeProblem: () => undefined })
  }

  get journalHash(): string {
    return this.#hash.copy().digest('hex')
  }

  /** Dialogs that were offered and have not ended. */
  get openDialogs(): ReadonlySet<string> {
    return this.#open
  }

  take(batch: Batch): void {
    for (const row of batch.journal) this.#row(row, batch)
    for (const snapshot of batch.snapshots) {
      const arrived = this.shadow.get(snapshot.aggregate)?.snapshot()
      if (arrived && JSON.stringify(arrived) !== JSON.stringify(snapshot))
        this.#findings.add('replay', `snapshot of ${snapshot.aggregate} is not what its journal leads to`)
    }
    for (const id of batch.ended) this.shadow.forget(id)
    this.#order(batch)
  }

  /** Checks that a process that starts recovers what was committed. */
  async recovered(store: Store): Promise<void> {
    const found = new Aggregates()
    recover(found, await store.load())
    const [is, should] = [statesOf(found), statesOf(this.shadow)]
    for (const id of new Set([...is.keys(), ...should.keys()]))
      if (is.get(id) !== should.get(id)) {
        this.#findings.add('recovered-as-committed', `${id}: ${firstDifference(should.get(id), is.get(id))}`)
        return
      }
  }

  /** Aggregates that took a step since the last call. */
  takeTouched(): ReadonlySet<string> {
    const touched = new Set(this.#touched)
    this.#touched.clear()
    return touched
  }

  /** Persists one of the aggregates that changed, restores it, and persists it again, twice. */
  restoreTwice(touched: ReadonlySet<string>): void {
    const [id] = touched
    const aggregate = id === undefined ? undefined : this.shadow.get(id)
    if (!aggregate || id === undefined) return
    const text = JSON.stringify(aggregate.snapshot())
    let last = aggregate.snapshot()
    for (let hop = 0; hop < 2; hop += 1) {
      last = new Aggregates().open(id, JSON.parse(JSON.stringify(last))).snapshot()
      if (JSON.stringify(last) !== text)
        this.#findings.add('restore-twice', `${id}: ${firstDifference(text, JSON.stringify(last))}`)
    }
  }

  #row(row: JournalRow, batch: Batch): void {
    this.rows += 1
    this.#hash.update(JSON.stringify(row))
    this.#touched.add(row.aggregate)
    if (row.outcome === 'failed') this.#findings.add('no-failed-input', `${row.aggregate}: ${row.error}`)
    const [first, last] = row.outbox ?? [1, 0]
    const notifications = batch.outbox.flatMap(({ number, payload }) =>
      number >= first && number <= last && isNotification(payload) ? [payload] : [],
    )
    for (const each of notifications) this.#note(each)
    const { input, aggregate: id, at } = row
    if (!isInput(input)) return
    if (input.kind === 'deadline' && at < input.due)
      this.#findings.add('deadline', `${id}: ${input.name} comes ${input.due - at} ms early`)
    if (input.kind === 'clockSetBack') this.#moveBack(id, input.by)
    const user = id.startsWith('user/') ? this.shadow.user(id.slice(5)) : undefined
    const before = user && facts(user)
    if (user) for (const cell of cellsOf(user.snapshot, input)) this.cells.add(cell)
    if (row.outcome === 'applied') this.#compare(id, input, at, notifications)
    try {
      this.shadow.open(id).replay(row)
    } catch (error) {
      this.#findings.add('replay', `${id} ${row.sequence}: ${String(error)}`)
    }
    if (user && before) this.#rules(input, before, facts(user), notifications)
    this.#offer(input, row)
  }

  /** Reads have earlier times from now on, so the recorded notifications get earlier times as well. */
  #moveBack(id: string, by: number): void {
    this.wasSetBack = true
    if (!id.startsWith('user/')) return
    for (const [about, notification] of this.told)
      if (notification.source.startsWith(`/finesse/api/User/${id.slice(5)}`))
        this.told.set(about, earlier(notification, by))
  }

  #trace(line: string): void {
    this.trail.push(line)
    if (this.trail.length > TRAIL_KEPT) this.trail.shift()
  }

  /** Gives the model the same input and compares the notifications. */
  #compare(id: string, input: Input, at: number, notifications: readonly Notification[]): void {
    const model = id.startsWith('user/') ? this.models.get(id.slice(5)) : undefined
    if (!model) return
    const lines = notifications.flatMap((each) => lineOf(each) ?? [])
    const known = new Set(model.agent.media.flatMap(({ dialogs }) => dialogs.map((each) => each.id)))
    const fresh = notifications.find(
      ({ value, event }) => value.kind === 'task' && event === 'POST' && !known.has(value.id),
    )
    const newDialog = fresh?.value.kind === 'task' ? fresh.value.id : '?'
    const expected = model.take(input, at, newDialog)
    this.#trace(`${at - this.#start} ${id} ${worded(input)} => ${lines.join(', ')}`)
    // Dialogs that end together may change the medium more than once (P11). Only the last notification counts.
    const several = input.kind === 'user' && input.event.type === 'PERIPHERAL_LOST'
    const [is, should] = several ? [lastOfMedia(lines), lastOfMedia(expected)] : [lines, expected]
    const wrong = [
      ...beyond(is, should).map((line) => `published, not expected: ${line}`),
      ...beyond(should, is).map((line) => `expected, not published: ${line}`),
    ]
    if (wrong.length > 0) this.#findings.add('model', `${id} ${worded(input)}: ${wrong.join('; ')}`)
  }

  /** Rules that need no model. */
  #rules(input: Input, before: Facts, after: Facts, notifications: readonly Notification[]): void {
    if (input.kind !== 'user') return this.#ignored(input, before, after)
    const { event } = input
    if (event.type === 'DIALOG_ACTION' && before.media[event.mrd]?.state === 'INTERRUPTED') {
      const refused = notifications.length === 1 && notifications[0]?.value.kind === 'failure'
      if (!refused || JSON.stringify(before) !== JSON.stringify(after))
        this.#findings.add('interrupted-refuses', `${event.action} on ${event.dialog}`)
    }
    if (event.type === 'PRESENCE' && !event.available && !before.sessions.includes(event.session)) {
      if (notifications.length > 0 || JSON.stringify(before) !== JSON.stringify(after))
        this.#findings.add('stale-presence', `${event.session} has ended before, and its end changed something`)
    }
    this.#ignored(input, before, after)
  }

  /** I2: work that begins elsewhere changes nothing in a medium with IGNORE. */
  #ignored(input: Input, before: Facts, after: Facts): void {
    const starts = input.kind === 'user' && input.event.type === 'DIALOG_ACTION' && input.event.action === 'START'
    const rings = input.kind === 'message' && input.body.type === 'leg'
    if (!starts && !rings) return
    const own = input.kind === 'user' && 'mrd' in input.event ? input.event.mrd : ''
    for (const [mrd, was] of Object.entries(before.media)) {
      const is = after.media[mrd]
      if (mrd === own || was.answer !== 'IGNORE' || was.interrupted || was.state === 'LOGOUT') continue
      if (JSON.stringify(was) !== JSON.stringify(is) && is?.state !== 'LOGOUT')
        this.#findings.add('ignore-unchanged', `${mrd} was ${was.state}, is ${is?.state}`)
    }
  }

  #offer(input: Input, { aggregate }: JournalRow): void {
    if (input.kind !== 'message' || input.body.type !== 'offer') return
    if (this.#offers.has(input.body.offer)) this.#findings.add('offered-once', `${input.body.offer} to ${aggregate}`)
    this.#offers.add(input.body.offer)
  }

  /** Every dialog begins once and ends once. */
  #note(notification: Notification): void {
    const { value, event, source, shape } = notification
    if (value.kind === 'failure' || shape === 'summary') return
    const wrong = this.#calls.note(notification)
    if (wrong !== undefined) this.#findings.add('same-order', wrong)
    this.told.set(value.kind === 'task' || value.kind === 'call' ? `Dialog ${value.id}` : source, notification)
    if (value.kind !== 'task') return
    if (this.#ended.has(value.id)) this.#findings.add('offer-ends-once', `${value.id} ended before ${event}`)
    if (event === 'DELETE') {
      this.#ended.add(value.id)
      this.#open.delete(value.id)
    } else if (event === 'POST') this.#open.add(value.id)
  }

  /** 12.5: dialogs end before the medium is shown as signed out. */
  #order(batch: Batch): void {
    for (const { outbox } of batch.journal) {
      const [first, last] = outbox ?? [1, 0]
      const gone = new Set<string>()
      for (const { number, payload } of batch.outbox) {
        if (number < first || number > last || !isNotification(payload)) continue
        const { value, event } = payload
        if (value.kind === 'media' && value.status?.state === 'LOGOUT') gone.add(value.id)
        if (value.kind === 'task' && event === 'DELETE' && gone.has(value.mrd))
          this.#findings.add('commit-order', `${value.id} ended after the sign-out`)
      }
    }
  }
}

interface Facts {
  readonly media: Readonly<
    Record<string, { state: string; answer: string; interrupted: boolean; dialogs: readonly string[] }>
  >
  readonly presence: string
  readonly sessions: readonly string[]
  readonly user: string
}

function facts({ snapshot }: UserBehaviour): Facts {
  const { context } = snapshot
  const presence = context.presence.A?.getSnapshot()
  return {
    media: Object.fromEntries(
      Object.entries(context.media).map(([mrd, actor]) => {
        const state = mediaState(actor.getSnapshot())
        const medium = actor.getSnapshot().context
        const { interrupted, dialogs } = medium
        const states = Object.entries(dialogs).map(([id, dialog]) => `${id} ${dialog.getSnapshot().value}`)
        return [mrd, { state, answer: settingsInForce(medium).interruptAction, interrupted, dialogs: states }]
      }),
    ),
    presence: String(presence?.value),
    sessions: presence?.context.sessions ?? [],
    user: `${userState(snapshot)} ${context.pending.state}`,
  }
}

function statesOf(aggregates: Aggregates): ReadonlyMap<string, string> {
  const living = [...aggregates.values()].filter((each: Aggregate) => !each.behaviour.finished && each.sequence > 0)
  return new Map(living.map((each) => [each.id, JSON.stringify(each.snapshot())]))
}

/** The deadlines that an aggregate has armed. */
export function armedIn({ shadow }: Audit, aggregate: string): readonly Deadline[] {
  const { state } = shadow.get(aggregate)?.snapshot() ?? {}
  if (typeof state !== 'object' || state === null || !('deadlines' in state)) return []
  return Array.isArray(state.deadlines) ? state.deadlines.filter(isDeadline) : []
}

/** The lines that are more often in `here` than in `there`. */
export function beyond(here: readonly string[], there: readonly string[]): readonly string[] {
  const left = [...there]
  return here.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

const lastOfMedia = (lines: readonly string[]) =>
  lines.filter(
    (line, at) => !line.startsWith('media') || !lines.slice(at + 1).some((each) => each.startsWith(line.slice(0, 10))),
  )

export function firstDifference(a = '', b = ''): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return `…${a.slice(Math.max(0, at - 60), at + 60)}… is …${b.slice(Math.max(0, at - 20), at + 60)}…`
}

function worded(input: Input): string {
  const text = JSON.stringify(
    input.kind === 'user' ? input.event : input.kind === 'message' ? { ...input.body, call: undefined } : input,
  )
  return text.slice(0, 300)
}
