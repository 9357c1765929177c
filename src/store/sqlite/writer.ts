/** Writes the rows of a batch, and remembers the last sequence number of each aggregate. */
import { z } from 'zod'
import type { CheckedBatch } from '../batch.ts'
import { isSuperseded, type Spacing } from '../spacing.ts'
import { packed } from './packed.ts'
import type { Statements } from './statements.ts'

export class BatchWriter {
  readonly #statements: Statements
  readonly #spacing: Spacing
  /**
   * Cache of the last sequence numbers of living aggregates: each commit needs those of its aggregates. It has at most
   * as many entries as the engine has aggregates in memory.
   */
  readonly #lastSequences = new Map<string, number>()

  /** `spacing`: which snapshots of an aggregate are kept as history. */
  constructor(statements: Statements, spacing: Spacing) {
    this.#statements = statements
    this.#spacing = spacing
  }

  /** The last sequence number of an aggregate, and whether it has ended. */
  endOf(aggregate: string): { readonly sequence: number; readonly ended: boolean } {
    const known = this.#lastSequences.get(aggregate)
    if (known !== undefined) return { sequence: known, ended: false }
    const { sequence, endedAt } = endRow.parse(this.#statements.endOf.get(aggregate))
    return { sequence, ended: endedAt !== null }
  }

  /** Writes all rows, in a transaction of the caller. */
  write({ journal, snapshots, outbox, delivered, ended, lastOutboxNumber, lastSequences }: CheckedBatch): void {
    const statements = this.#statements
    for (const aggregate of lastSequences.keys()) {
      if (!this.#lastSequences.has(aggregate)) statements.nameAggregate.run(aggregate)
    }
    for (const row of journal) {
      const { position, aggregate, sequence, at, machineVersion, outcome, input, error, origin, cause, made } = row
      const [first, last] = row.outbox ?? [null, null]
      statements.appendJournal.run(
        ...[position, aggregate, sequence, at, machineVersion, outcome, packed(input)],
        ...[error, origin && packed(origin), cause, made, first, last],
      )
    }
    for (const row of snapshots) this.#keepSnapshot(row)
    for (const { number, lane, kind, payload } of outbox) statements.appendOutbox.run(number, lane, kind, payload)
    for (const number of delivered) statements.deleteOutbox.run(number)
    if (outbox.length > 0) statements.setLastOutboxNumber.run(lastOutboxNumber)
    for (const aggregate of ended) statements.endAggregate.run(aggregate)
  }

  /**
   * Updates the cache after the commit. An aggregate with journal rows in the batch is living and is added. An
   * aggregate with only a snapshot may have ended before, so it is only updated if it is in the cache.
   */
  remember({ journal, snapshots, ended, lastSequences }: CheckedBatch): void {
    for (const { aggregate, sequence } of journal) this.#lastSequences.set(aggregate, sequence)
    for (const { aggregate } of snapshots) {
      const last = lastSequences.get(aggregate)
      if (last !== undefined && this.#lastSequences.has(aggregate)) this.#lastSequences.set(aggregate, last)
    }
    for (const aggregate of ended) this.#lastSequences.delete(aggregate)
  }

  /** Empties the cache. To be called after `clear`. */
  beginAnew(): void {
    this.#lastSequences.clear()
  }

  #keepSnapshot({ aggregate, machine, machineVersion, sequence, at, state }: CheckedBatch['snapshots'][number]): void {
    const newest = snapshotEnds.parse(this.#statements.newestSnapshots.all(aggregate))
    const [previous, beforeIt = this.#beginningOf(aggregate)] = newest
    if (previous !== undefined && previous.sequence > sequence) return
    // It is deleted first, so that its pages can be used for the new one.
    const next = { sequence, at }
    if (previous && previous.sequence < sequence && isSuperseded(previous, beforeIt, next, state.length, this.#spacing))
      this.#statements.dropSnapshot.run(aggregate, previous.sequence)
    this.#statements.keepSnapshot.run(aggregate, machine, machineVersion, sequence, at, packed(state))
  }

  /** The beginning of an aggregate whose rows are all stored, as a snapshot before its first row. */
  #beginningOf(aggregate: string): z.output<typeof snapshotEnd> | undefined {
    if (this.#spacing !== undefined) return undefined
    const first = firstRow.parse(this.#statements.firstRow.get(aggregate))
    return first && { sequence: 0, at: first.at }
  }
}

const firstRow = z.object({ at: z.number() }).optional()
const endRow = z.object({ sequence: z.number(), endedAt: z.number().nullable() })

const snapshotEnd = z.object({ sequence: z.number(), at: z.number() })
const snapshotEnds = z.array(snapshotEnd)
