/** A batch on its way in: checked against what is stored, its JSON turned into text. */
import type { Batch, JournalRow, OutboxRow, SnapshotRow } from '../engine/ports.ts'
import { StoreError } from './errors.ts'
import { toText } from './json.ts'

/** A row whose JSON column is text. */
export type Stored<Row, Column extends keyof Row> = Omit<Row, Column> & { readonly [key in Column]: string }

/** A batch that fits behind what is stored. */
export interface CheckedBatch {
  readonly journal: readonly Stored<JournalRow, 'input'>[]
  readonly snapshots: readonly Stored<SnapshotRow, 'state'>[]
  readonly outbox: readonly Stored<OutboxRow, 'payload'>[]
  readonly delivered: readonly number[]
  /** After this batch. */
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** The last sequence number of every aggregate that the batch touches. */
  readonly lastSequences: ReadonlyMap<string, number>
}

/** What a batch has to continue. */
export interface Ends {
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** Last sequence number of an aggregate, from its journal or its snapshot; 0 for a new one. */
  lastSequence(aggregate: string): number
}

/**
 * Positions and sequence numbers continue without gaps, outbox numbers grow, numbers are whole.
 *
 * @throws StoreError `INVALID_BATCH` otherwise: the engine has numbered wrongly, and recovery would not work.
 */
export function checkBatch(batch: Batch, ends: Ends): CheckedBatch {
  const sequences = new Map<string, number>()
  const lastSequence = (aggregate: string) => sequences.get(aggregate) ?? ends.lastSequence(aggregate)

  let { lastPosition, lastOutboxNumber } = ends
  const journal = batch.journal.map((row) => {
    const what = `journal row ${row.position}`
    const { aggregate, sequence } = row
    checkText(aggregate, `${what}: aggregate`)
    checkNumber(row.at, `${what}: at`)
    checkNumber(row.machineVersion, `${what}: machineVersion`)
    must(row.position === lastPosition + 1, `${what} does not follow position ${lastPosition}`)
    const last = lastSequence(aggregate)
    must(sequence === last + 1, `${what}: sequence ${sequence} of ${aggregate} does not follow ${last}`)
    lastPosition = row.position
    sequences.set(aggregate, sequence)
    return { ...row, input: toText(row.input, `${what}: input`) }
  })

  const snapshots = batch.snapshots.map((row) => {
    const what = `snapshot of ${row.aggregate}`
    checkText(row.aggregate, `${what}: aggregate`)
    checkText(row.machine, `${what}: machine`)
    checkNumber(row.sequence, `${what}: sequence`)
    checkNumber(row.at, `${what}: at`)
    checkNumber(row.machineVersion, `${what}: machineVersion`)
    sequences.set(row.aggregate, Math.max(lastSequence(row.aggregate), row.sequence))
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
  return {
    journal,
    snapshots,
    outbox,
    delivered: batch.delivered,
    lastPosition,
    lastOutboxNumber,
    lastSequences: sequences,
  }
}

/** Names are what SQLite gives back unchanged: no NUL, no half of a surrogate pair. */
export function checkText(value: string, what: string): void {
  must(value !== '' && value.isWellFormed() && !value.includes('\0'), `${what} is not a name`)
}

function checkNumber(value: number, what: string): void {
  must(Number.isSafeInteger(value) && value >= 0, `${what} is not a whole number`)
}

function must(holds: boolean, message: string): void {
  if (!holds) throw new StoreError('INVALID_BATCH', message)
}
