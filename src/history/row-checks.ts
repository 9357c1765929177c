/** Compares what a journal row says about its step with what the machines do when the row is replayed. */

import type { Side } from '../../machines/wire.ts'
import { type Envelope, mayHaveReceived } from '../engine/aggregate/message-numbers.ts'
import type { Input } from '../engine/input.ts'
import { asJson, isObject } from '../engine/json.ts'
import type { History, JournalRow, Json } from '../engine/ports.ts'
import { currentRow } from '../engine/recovery/migrations.ts'
import { firstDifference, shortened } from './difference.ts'
import type { Step } from './retrace.ts'

/** A difference that a check found. */
export interface Finding {
  readonly kind: 'step' | 'made' | 'outbox' | 'message' | 'time' | 'deadline' | 'state' | 'end'
  /** JSON path of the difference; `''` where there is none. */
  readonly path: string
  readonly stored: string
  readonly replayed: string
}

/** The aggregate before the step. */
export interface Before {
  /** Time of its last input, in ms. */
  readonly at: number
  readonly position: number
  /** Its earliest deadline. */
  readonly due: Extract<Input, { kind: 'deadline' }> | undefined
}

/** First machine version whose rows have `cause`, `made` and `outbox`. */
const KEEPS_LINKS_FROM = 2

/** The possible sets of served sides. Each served side gets an outbox row for every notification that is for it. */
const SERVED: readonly (readonly Side[])[] = [[], ['A'], ['B'], ['A', 'B']]

/** The first difference between the step and its row; `undefined` if there is none. */
export async function checkStep(history: History, step: Step, before: Before): Promise<Finding | undefined> {
  const { row } = step
  const own = checkTime(row, before) ?? checkDeadline(row, before)
  if (own || row.machineVersion < KEEPS_LINKS_FROM) return own
  return checkMade(step) ?? checkOutbox(step) ?? checkCause(row) ?? (await checkMessages(history, step))
}

const finding = (kind: Finding['kind'], stored: unknown, replayed: unknown, path = ''): Finding => ({
  kind,
  path,
  stored: shortened(String(stored)),
  replayed: shortened(String(replayed)),
})

function checkTime({ at, position, input }: JournalRow, before: Before): Finding | undefined {
  if (at < before.at && kindOf(input) !== 'clockSetBack') return finding('time', at, `not before ${before.at}`)
  if (position <= before.position) return finding('time', `position ${position}`, `behind ${before.position}`)
  return undefined
}

/**
 * Checks that deadlines fire in the order in which they are due, each at its time, and before any input of a later
 * time.
 */
function checkDeadline({ input, at, outcome }: JournalRow, { due, at: last }: Before): Finding | undefined {
  const isDeadline = kindOf(input) === 'deadline'
  // A failed input is journalled alone. Deadlines that were due before it were rolled back with it, and fire again
  // later.
  if (outcome === 'failed' && !isDeadline) return undefined
  if (!isDeadline && (!due || due.due > at)) return undefined
  const armed = due ? JSON.stringify(due) : 'none armed'
  if (!isDeadline) return finding('deadline', 'no deadline', armed)
  if (JSON.stringify(input) !== armed) return finding('deadline', JSON.stringify(input), armed)
  const expected = Math.max(last, due?.due ?? 0)
  const isInTime = outcome === 'failed' ? at >= expected : at === expected
  return isInTime ? undefined : finding('deadline', `at ${at}`, `at ${expected}`)
}

function checkMade({ row, outputs }: Step): Finding | undefined {
  const made = outputs.find((output) => output.type === 'reply')?.id ?? null
  return row.made === made ? undefined : finding('made', row.made ?? 'nothing', made ?? 'nothing')
}

/**
 * Checks the number of outbox rows. A notification makes one row per served side. The journal does not say which sides
 * were served, so every possible set is accepted.
 */
function checkOutbox({ row, outputs }: Step): Finding | undefined {
  let requests = 0
  const notifications = { A: 0, B: 0, both: 0 }
  for (const output of outputs) {
    if (output.type === 'acd') requests += 1
    if (output.type === 'publish') notifications[output.only ?? 'both'] += 1
  }
  const rows = row.outbox ? row.outbox[1] - row.outbox[0] + 1 : 0
  const made = (sides: readonly Side[]) =>
    sides.reduce((sum, side) => sum + notifications[side] + notifications.both, requests)
  if (SERVED.some((sides) => rows === made(sides))) return undefined
  return finding(
    'outbox',
    `${rows} rows`,
    `${requests} requests and notifications for ${JSON.stringify(notifications)}`,
  )
}

/** Checks that messages, and no other inputs, have a cause, and that it has an earlier position. */
function checkCause({ input, cause, position }: JournalRow): Finding | undefined {
  const isMessage = kindOf(input) === 'message'
  if (isMessage === (cause !== null) && (cause ?? 0) < position) return undefined
  return finding('message', cause === null ? 'no cause' : `cause ${cause}`, isMessage ? 'a message' : 'no message')
}

/**
 * Checks that every message of the step is an input of its receiver, in order, and that no other row has this step as
 * its cause.
 */
async function checkMessages(history: History, { row, messages }: Step): Promise<Finding | undefined> {
  // A step without messages needs no check: a row with a wrong cause is missing at the step that really sent it.
  if (messages.length === 0) return undefined
  const arrived = (await history.causedBy(row.position))[Symbol.iterator]()
  let next = arrived.next().value
  for (const message of messages) {
    const differs = next && next.aggregate === message.to ? differenceOf(currentRow(next).input, message) : undefined
    if (next && next.aggregate === message.to && !differs) next = arrived.next().value
    else if (!(await mayBeMissing(history, row, message)))
      return differs ?? finding('message', nameOf(next), sent(message))
  }
  return next ? finding('message', nameOf(next), 'not sent') : undefined
}

function differenceOf(input: Json, message: Envelope): Finding | undefined {
  if (JSON.stringify(input) === JSON.stringify(message.input)) return undefined
  const difference = firstDifference(input, asJson(message.input))
  return difference && { kind: 'message', ...difference }
}

const nameOf = (row: JournalRow | undefined) =>
  row ? `position ${row.position}, input of ${row.aggregate}` : 'not arrived'

const sent = ({ to, input }: Envelope) => `message ${input.number} to ${to}: ${input.body.type}`

/**
 * Whether the row of a message may be missing. A message to an ended call is dropped. Compaction may have deleted a row
 * whose message is included in the oldest snapshot of the receiver.
 */
async function mayBeMissing(history: History, row: JournalRow, { to, input }: Envelope): Promise<boolean> {
  const kept = await history.aggregate(to)
  if (!kept) return to.startsWith('call/')
  if (kept.ended) return (await lastPositionOf(history, to, kept.to)) < row.position
  if (kept.from === 0) return false
  for await (const { state } of history.snapshots(to)) return mayHaveReceived(receivedIn(state), input)
  return false
}

/** The position of a row; 0 when compaction has deleted it. */
async function lastPositionOf(history: History, aggregate: string, sequence: number): Promise<number> {
  for await (const { position } of history.rows(aggregate, sequence - 1)) return position
  return 0
}

/** Numbers of the last messages that the state includes, by sender. */
function receivedIn(state: Json): Readonly<Record<string, number>> {
  const received = isObject(state) ? state.received : undefined
  if (!isObject(received)) return {}
  return Object.fromEntries(Object.entries(received).map(([sender, number]) => [sender, Number(number)]))
}

const kindOf = (input: Json): Json | undefined => (isObject(input) ? input.kind : undefined)
