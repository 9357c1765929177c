/** Goes through the journal of a user step by step, with the state before and after each step. */

import type { Behaviour } from '../../engine/aggregate/behaviour.ts'
import type { Deadline } from '../../engine/aggregate/deadlines.ts'
import { type Input, isInput } from '../../engine/input.ts'
import type { Output } from '../../engine/output.ts'
import type { History, JournalRow, Json } from '../../engine/ports.ts'
import { currentRow } from '../../engine/recovery/migrations.ts'
import { isOfOtherMachines } from '../../engine/rules/unknown-rules.ts'
import { ending, type Until } from '../ending.ts'
import { PastForgotten, retrace } from '../retrace.ts'
import { type Picture, pictureOf } from './picture.ts'
import { ExplainError } from './question.ts'
import { RowProbe, type Rows } from './rows.ts'

/** One input of a user. */
export interface Move {
  readonly row: JournalRow
  readonly input: Input
  readonly outputs: readonly Output[]
  /** The rows that the machines took for the input. */
  readonly rows: Rows
  /** Deadlines that were armed when the input came. If the input is a deadline, it is not included. */
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
  /** The deadlines that are armed after the last step taken. */
  readonly deadlines: readonly Deadline[]
  /** Takes the next step. */
  next(): Promise<Move | undefined>
  /** Ends the reading. Needed if `next` has not yet resolved with `undefined`. */
  close(): Promise<void>
}

/**
 * Begins at the newest kept snapshot that is not newer than `time` (ms). Rejects with ExplainError for rows of machines
 * that this version cannot read.
 */
export async function segment(history: History, name: string, time: number, until: Until): Promise<Segment> {
  const probe = new RowProbe()
  const tracing = await readable(() => retrace(ending(history, until), name, time, probe))
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
    close: () => tracing.close(),
    async next() {
      const [step, rows] = await probe.during(() => readable(() => tracing.next()))
      if (!step) return undefined
      const { row, outputs } = step
      const input = inputOf(row)
      if (!input) throw new ExplainError('UNREADABLE', name, `input ${row.position} of ${name} cannot be read`)
      const before = picture
      picture = pictureOf(aggregate)
      if (input.kind === 'deadline') watch.clear(input.owner, input.name)
      const { armed } = watch
      watch.took(outputs)
      return { row, input, outputs, rows, armed, before, after: picture }
    },
  }
}

const NOTHING = { sequence: 0, at: 0, state: null } as const

/** The armed deadlines, updated from the outputs of the steps. */
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

/** The input of a row, in the format of this version; `undefined` when it is not readable. */
export function inputOf(row: JournalRow): Input | undefined {
  try {
    const { input } = currentRow(row)
    return isInput(input) ? input : undefined
  } catch (error) {
    throw answered(error)
  }
}

/**
 * Turns the errors for rows of unknown machines or guards, and for rows that were deleted meanwhile, into an
 * `ExplainError`: the question has no answer, but the program has no bug.
 */
function answered(error: unknown): unknown {
  if (isOfOtherMachines(error)) return new ExplainError('UNREADABLE', 'history', error.message)
  return error instanceof PastForgotten ? new ExplainError('FORGOTTEN', 'history', error.message) : error
}

async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw answered(error)
  }
}

/** The behaviour of any aggregate at a moment; `undefined` when nothing of it is kept. */
export async function behaviourAt(history: History, name: string, until: Until): Promise<Behaviour | undefined> {
  if ((await history.aggregate(name)) === undefined) return undefined
  const tracing = await readable(() => retrace(ending(history, until), name, until.time))
  while (await readable(() => tracing.next()));
  return tracing.aggregate.behaviour
}

/** The deadlines that were armed for an aggregate at a moment. */
export async function deadlinesAt(history: History, name: string, until: Until): Promise<readonly Deadline[]> {
  if ((await history.aggregate(name)) === undefined) return []
  const piece = await segment(history, name, until.time, until)
  while (await piece.next());
  return piece.deadlines
}

/** The rows that the machines of an aggregate took for the input at `position`; empty when the input is not kept. */
export async function rowsAt(history: History, position: number): Promise<Rows> {
  const row = await history.row(position)
  if (!row) return new Map()
  const piece = await segment(history, row.aggregate, row.at - 1, { time: row.at, position })
  let rows: Rows = new Map()
  for (let move = await piece.next(); move; move = await piece.next())
    if (move.row.position === position) rows = move.rows
  return rows
}
