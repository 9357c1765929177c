/** The changes that a store sends. */
import type { CheckedBatch } from '../batch.ts'
import { distancesOf, type Spacing } from '../spacing.ts'
import type { Connection } from './driver.ts'
import type { KnownEnds } from './ends.ts'
import type { Change, Fence } from './pipeline.ts'

const COMMIT = 'SELECT commit_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)'

/** A record that is written; `null`: it is deleted. */
export interface RecordRow {
  readonly collection: string
  readonly key: string
  readonly value: string | null
}

interface Content {
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** Aggregates that the store takes for new ones. */
  readonly fresh?: readonly string[]
  readonly batch?: CheckedBatch
  readonly records?: readonly RecordRow[]
}

/** Sends a batch, or records, as one statement. */
function sendContent(content: Content, spacing: Spacing, connection: Connection, { epoch, turn }: Fence) {
  const { lastPosition, lastOutboxNumber, fresh = [], batch, records = [] } = content
  const journal = batch?.journal.map(({ outbox, ...row }) => ({
    ...row,
    ...(outbox === null ? {} : { firstOutbox: outbox[0], lastOutbox: outbox[1] }),
  }))
  const snapshots = batch?.snapshots.map((row) => ({ ...row, ...distancesOf(row.state.length, spacing) }))
  const lists = [fresh, journal, snapshots, batch?.outbox, batch?.delivered, batch?.ended, records]
  const texts = lists.map((list) => JSON.stringify(list ?? []))
  return connection.query(COMMIT, [epoch, turn, lastPosition, lastOutboxNumber, ...texts])
}

/** A batch. The ends go on when it is given, and back if it is not kept. */
export function batchChange(batch: CheckedBatch, ends: KnownEnds, spacing: Spacing, kept: () => void) {
  const fresh = [...batch.lastSequences.keys()].filter((name) => !ends.isKnown(name))
  const before = ends.advance(batch)
  const { lastPosition, lastOutboxNumber } = batch
  const content = { batch, fresh, lastPosition, lastOutboxNumber }
  const change: Change = {
    isAlone: false,
    send: (connection, fence) => sendContent(content, spacing, connection, fence),
    kept,
    takenBack: () => ends.goBack(before),
  }
  return { change, fresh }
}

export function recordChange(row: RecordRow, ends: KnownEnds, kept: () => void): Change {
  const { lastPosition, lastOutboxNumber } = ends
  const content = { lastPosition, lastOutboxNumber, records: [row] }
  return {
    isAlone: false,
    send: (connection, fence) => sendContent(content, undefined, connection, fence),
    kept,
    takenBack: () => undefined,
  }
}

/** Work that is not one statement. Nothing else is under way meanwhile. */
export interface Alone<T> extends Change {
  /** What the work has returned, after it was kept. */
  result(): T
}

/** Work in one transaction. `kept` gets what it returned. */
export function aloneChange<T>(work: (connection: Connection) => Promise<T>, kept: (result: T) => void): Alone<T> {
  let done: { readonly result: T } | undefined
  const result = () => {
    if (done === undefined) throw new Error('the work is not done')
    return done.result
  }
  return {
    isAlone: true,
    send: async (connection, { epoch, turn }) => {
      await connection.query('BEGIN')
      try {
        await connection.query('SELECT continue_store($1, $2)', [epoch, turn])
        done = { result: await work(connection) }
        await connection.query('COMMIT')
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
    kept: () => kept(result()),
    takenBack: () => undefined,
    result,
  }
}

/** A statement that cannot be in a transaction. */
export function statementChange(statements: readonly string[]): Change {
  return {
    isAlone: true,
    send: async (connection, { epoch, turn }) => {
      for (const statement of statements) await connection.query(statement)
      await connection.query('SELECT continue_store($1, $2)', [epoch, turn])
    },
    kept: () => undefined,
    takenBack: () => undefined,
  }
}
