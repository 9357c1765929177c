/** Checks a batch before it is committed, and turns its JSON values into text. */
import type { Batch, JournalRow } from '../engine/ports.ts'
import { StoreError } from './errors.ts'
import { toText } from './json.ts'
import type { StoredJournal, StoredOutbox, StoredSnapshot } from './stored.ts'

/** A batch that correctly continues the stored rows. */
export interface CheckedBatch {
  readonly journal: readonly StoredJournal[]
  readonly snapshots: readonly StoredSnapshot[]
  readonly outbox: readonly StoredOutbox[]
  readonly delivered: readonly number[]
  readonly ended: readonly string[]
  /** The last position after this batch. */
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** By aggregate: the last sequence number after this batch, for each aggregate that the batch writes to. */
  readonly lastSequences: ReadonlyMap<string, number>
}

/** How far the stored rows of an aggregate go. */
export interface End {
  /** Sequence number of its last journal row or snapshot; 0 for a new aggregate. */
  readonly sequence: number
  readonly ended: boolean
}

/** The last numbers in the store, which a batch has to continue. */
export interface Ends {
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  endOf(aggregate: string): End
}

/**
 * Checks that positions and sequence numbers continue without gaps, that outbox numbers grow, that all numbers are
 * whole, and that no input is for an aggregate that has ended.
 *
 * @throws StoreError `INVALID_BATCH` otherwise. Then the engine has a bug, and a recovery from these rows would not
 * work.
 */
export function checkBatch(batch: Batch, ends: Ends): CheckedBatch {
  const sequences = new Map<string, number>()
  let { lastPosition, lastOutboxNumber } = ends
  const journal = batch.journal.map((row) => {
    const what = `journal row ${row.position}`
    const { aggregate, sequence } = row
    checkText(aggregate, `${what}: aggregate`)
    checkNumber(row.at, `${what}: at`)
    checkNumber(row.machineVersion, `${what}: machineVersion`)
    must(row.position === lastPosition + 1, `${what} does not follow position ${lastPosition}`)
    const last = sequences.get(aggregate) ?? lastOfLiving(aggregate, ends, what)
    must(sequence === last + 1, `${what}: sequence ${sequence} of ${aggregate} does not follow ${last}`)
    lastPosition = row.position
    sequences.set(aggregate, sequence)
    return storedJournal(row, what)
  })

  const snapshots = batch.snapshots.map((row) => {
    const what = `snapshot of ${row.aggregate}`
    checkText(row.aggregate, `${what}: aggregate`)
    checkText(row.machine, `${what}: machine`)
    checkNumber(row.sequence, `${what}: sequence`)
    checkNumber(row.at, `${what}: at`)
    checkNumber(row.machineVersion, `${what}: machineVersion`)
    const last = sequences.get(row.aggregate) ?? ends.endOf(row.aggregate).sequence
    sequences.set(row.aggregate, Math.max(last, row.sequence))
    return { ...row, state: toText(row.state, `${what}: state`) }
  })

  const outbox = batch.outbox.map((row) => {
    const what = `outbox row ${row.number}`
    checkNumber(row.number, `${what}: number`)
    checkText(row.lane, `${what}: lane`)
    must(row.number > lastOutboxNumber, `${what} does not follow number ${lastOutboxNumber}`)
    lastOutboxNumber = row.number
    return { ...row, payload: toText(row.payload, `${what}: payload`) }
  })

  for (const number of batch.delivered) {
    checkNumber(number, 'delivered: number')
    must(number <= lastOutboxNumber, `outbox row ${number} was delivered before it was written`)
  }
  for (const aggregate of batch.ended) checkText(aggregate, 'ended: aggregate')
  return {
    journal,
    snapshots,
    outbox,
    delivered: batch.delivered,
    ended: batch.ended,
    lastPosition,
    lastOutboxNumber,
    lastSequences: sequences,
  }
}

function lastOfLiving(aggregate: string, ends: Ends, what: string): number {
  const { sequence, ended } = ends.endOf(aggregate)
  must(!ended, `${what}: ${aggregate} has ended`)
  return sequence
}

function storedJournal(row: JournalRow, what: string): StoredJournal {
  const { cause, made, outbox } = row
  if (cause !== null) {
    checkNumber(cause, `${what}: cause`)
    must(cause >= 1 && cause < row.position, `${what}: cause ${cause} is not an earlier row`)
  }
  if (made !== null) checkText(made, `${what}: made`)
  if (outbox !== null) {
    for (const number of outbox) checkNumber(number, `${what}: outbox`)
    must(outbox[0] >= 1 && outbox[0] <= outbox[1], `${what}: outbox ${outbox.join(' to ')} is not a range`)
  }
  return {
    ...row,
    error: row.error === null ? null : storable(row.error),
    origin: row.origin === null ? null : JSON.stringify(row.origin),
    outbox: outbox === null ? null : [outbox[0], outbox[1]],
    input: toText(row.input, `${what}: input`),
  }
}

/** The text of an error can contain any character. Those that SQLite would not return unchanged are replaced. */
function storable(message: string): string {
  return message.toWellFormed().replaceAll('\0', '\ufffd')
}

/**
 * A name must be text that SQLite returns unchanged: not empty, no NUL, no half of a surrogate pair.
 * @throws StoreError `INVALID_BATCH`
 */
export function checkText(value: string, what: string): void {
  must(value !== '' && value.isWellFormed() && !value.includes('\0'), `${what} is not a name`)
}

function checkNumber(value: number, what: string): void {
  must(Number.isSafeInteger(value) && value >= 0, `${what} is not a whole number`)
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new StoreError('INVALID_BATCH', message)
}
