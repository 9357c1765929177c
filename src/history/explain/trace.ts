/** A user's past, step by step, with what was before and after each. */

import type { Behaviour, Deadline } from '../../engine/aggregate.ts'
import { type Input, isInput } from '../../engine/input.ts'
import { currentRow, UnknownMachineVersion } from '../../engine/migrations.ts'
import type { Output } from '../../engine/output.ts'
import type { History, JournalRow, Json } from '../../engine/ports.ts'
import { retrace } from '../retrace.ts'
import { type Picture, pictureOf } from './picture.ts'
import { ExplainError } from './question.ts'

/** So many rows are read at once: nothing of the store stays open between two steps. */
const PAGE = 256

/** Where a piece of the past ends: at a time, and at an input or position that it does not go beyond. */
export interface Until {
  /** Milliseconds; the moment itself belongs to it. */
  readonly time: number
  readonly sequence?: number
  readonly position: number
}

/** One input of a user. */
export interface Move {
  readonly row: JournalRow
  readonly input: Input
  readonly outputs: readonly Output[]
  /** What was armed when it came; without itself if it was a deadline. */
  readonly armed: readonly Deadline[]
  /** `undefined` before the first configuration. */
  readonly before: Picture | undefined
  readonly after: Picture | undefined
}

export interface Segment {
  /** Sequence and time of the input before the first step. */
  readonly start: { readonly sequence: number; readonly at: number }
  /** The user after the last step taken. */
  readonly picture: Picture | undefined
  /** What is armed after the last step taken. */
  readonly deadlines: readonly Deadline[]
  /** Takes the next step. */
  next(): Move | undefined
}

/** The part of a history that ends somewhere, read page by page. */
function ending(history: History, { time, sequence: last = Number.POSITIVE_INFINITY, position }: Until): History {
  return {
    ...delegating(history),
    *rows(name, sequence) {
      let behind = sequence
      for (;;) {
        const page = firstRows(history.rows(name, behind))
        for (const row of page) {
          if (row.at > time || row.sequence > last || row.position > position) return
          yield row
        }
        const newest = page.at(-1)
        if (page.length < PAGE || !newest) return
        behind = newest.sequence
      }
    },
  }
}

function firstRows(rows: Iterable<JournalRow>): readonly JournalRow[] {
  const page: JournalRow[] = []
  for (const row of rows) {
    page.push(row)
    if (page.length === PAGE) break
  }
  return page
}

/** A history may be an object with methods on its prototype; a copy of its own properties would lose them. */
function delegating(history: History): History {
  return {
    storeId: history.storeId,
    lastPosition: history.lastPosition,
    lastOutboxNumber: history.lastOutboxNumber,
    aggregates: () => history.aggregates(),
    aggregate: (name) => history.aggregate(name),
    snapshot: (name, time) => history.snapshot(name, time),
    snapshots: (name) => history.snapshots(name),
    rows: (name, sequence) => history.rows(name, sequence),
    row: (position) => history.row(position),
    causedBy: (position) => history.causedBy(position),
    madeBy: (id) => history.madeBy(id),
    all: (position) => history.all(position),
    outbox: () => history.outbox(),
  }
}

/** Begins at the newest kept snapshot no newer than `time`. Throws `ExplainError` for machines of another version. */
export function segment(history: History, name: string, time: number, until: Until): Segment {
  const tracing = readable(() => retrace(ending(history, until), name, time))
  const { aggregate } = tracing
  const { sequence, at, state } = aggregate.sequence === 0 ? NOTHING : aggregate.snapshot()
  const watch = new DeadlineWatch(deadlinesOf(state))
  let picture = pictureOf(aggregate)
  return {
    start: { sequence, at },
    get picture() {
      return picture
    },
    get deadlines() {
      return watch.armed.toSorted((a, b) => a.due - b.due)
    },
    next() {
      const step = readable(() => tracing.next())
      if (!step) return undefined
      const { row, outputs } = step
      const { input } = readable(() => currentRow(row))
      if (!isInput(input)) throw new ExplainError('UNREADABLE', name, `input ${row.position} of ${name} cannot be read`)
      const before = picture
      picture = pictureOf(aggregate)
      if (input.kind === 'deadline') watch.clear(input.owner, input.name)
      const { armed } = watch
      watch.took(outputs)
      return { row, input, outputs, armed, before, after: picture }
    },
  }
}

const NOTHING = { sequence: 0, at: 0, state: null } as const

/** What is armed, kept up from what the steps put out. */
class DeadlineWatch {
  #armed: readonly Deadline[]

  constructor(armed: readonly Deadline[]) {
    this.#armed = armed
  }

  get armed(): readonly Deadline[] {
    return this.#armed
  }

  took(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type !== 'arm' && output.type !== 'clear') continue
      const { owner, name } = output
      this.clear(owner, name)
      if (output.type === 'arm') this.#armed = [...this.#armed, { owner, name, due: output.due }]
    }
  }

  clear(owner: string, name: string): void {
    this.#armed = this.#armed.filter((each) => each.owner !== owner || each.name !== name)
  }
}

function deadlinesOf(state: Json): readonly Deadline[] {
  if (typeof state !== 'object' || state === null || !('deadlines' in state)) return []
  const { deadlines } = state
  return Array.isArray(deadlines) ? deadlines.filter(isDeadline) : []
}

function isDeadline(value: unknown): value is Deadline {
  return typeof value === 'object' && value !== null && 'owner' in value && 'name' in value && 'due' in value
}

/** The input of a row, in the shape of this version; `undefined` when nobody can read it. */
export function inputOf(row: JournalRow): Input | undefined {
  const { input } = readable(() => currentRow(row))
  return isInput(input) ? input : undefined
}

/** Rows of other machines are a fact to tell, not a fault of this program. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnknownMachineVersion) throw new ExplainError('UNREADABLE', 'history', error.message)
    throw error
  }
}

/** Any aggregate as it was; `undefined` where nothing is kept of it. */
export function behaviourAt(history: History, name: string, until: Until): Behaviour | undefined {
  if (history.aggregate(name) === undefined) return undefined
  const tracing = readable(() => retrace(ending(history, until), name, until.time))
  while (readable(() => tracing.next()));
  return tracing.aggregate.behaviour
}

/** What was armed for an aggregate. */
export function deadlinesAt(history: History, name: string, until: Until): readonly Deadline[] {
  if (history.aggregate(name) === undefined) return []
  const piece = segment(history, name, until.time, until)
  while (piece.next());
  return piece.deadlines
}
