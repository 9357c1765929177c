/** How far the rows of each living aggregate go, after all changes that were given, answered or not. */
import { z } from 'zod'
import type { CheckedBatch, End, Ends } from '../batch.ts'
import type { Connection } from './driver.ts'

const endRow = z.object({ name: z.string(), sequence: z.number(), ended: z.boolean() })

const SELECT_END = `
  SELECT name, ended_at IS NOT NULL AS ended, greatest(
    coalesce((SELECT max(sequence) FROM journal WHERE aggregate = name), 0),
    coalesce((SELECT max(sequence) FROM snapshot WHERE aggregate = name), 0)) AS sequence
  FROM aggregate`

/** Values before a batch. */
export interface Before {
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  readonly ends: ReadonlyMap<string, End | undefined>
}

const NEW: End = { sequence: 0, ended: false }

/**
 * An aggregate that is not known is taken for a new one. The server refuses the batch if it is not (`aggregate_pkey`), and
 * the store looks then: most unknown ones are new, and the others are errors of the program.
 */
export class KnownEnds implements Ends {
  readonly #ends = new Map<string, End>()
  lastPosition: number
  lastOutboxNumber: number

  constructor(last: { readonly lastPosition: number; readonly lastOutboxNumber: number }) {
    this.lastPosition = last.lastPosition
    this.lastOutboxNumber = last.lastOutboxNumber
  }

  endOf(aggregate: string): End {
    return this.#ends.get(aggregate) ?? NEW
  }

  isKnown(aggregate: string): boolean {
    return this.#ends.has(aggregate)
  }

  /** Reads all living aggregates. */
  async read(connection: Connection): Promise<void> {
    this.#note(await connection.query(`${SELECT_END} WHERE ended_at IS NULL`))
  }

  /** Reads these aggregates. */
  async look(connection: Connection, names: readonly string[]): Promise<void> {
    const statement = `${SELECT_END} WHERE name IN (SELECT value FROM json_array_elements_text($1::text::json))`
    this.#note(await connection.query(statement, [JSON.stringify(names)]))
  }

  /** Goes on to the state after a batch. Returns what `goBack` needs. */
  advance(batch: CheckedBatch): Before {
    const names = [...batch.lastSequences.keys(), ...batch.ended]
    const before = {
      lastPosition: this.lastPosition,
      lastOutboxNumber: this.lastOutboxNumber,
      ends: new Map(names.map((name) => [name, this.#ends.get(name)])),
    }
    for (const [name, sequence] of batch.lastSequences)
      this.#ends.set(name, { sequence, ended: this.endOf(name).ended })
    for (const name of batch.ended) this.#ends.delete(name)
    this.lastPosition = batch.lastPosition
    this.lastOutboxNumber = batch.lastOutboxNumber
    return before
  }

  /** The batch was not kept. Batches are taken back in the opposite order of `advance`. */
  goBack({ lastPosition, lastOutboxNumber, ends }: Before): void {
    for (const [name, end] of ends) {
      if (end === undefined) this.#ends.delete(name)
      else this.#ends.set(name, end)
    }
    this.lastPosition = lastPosition
    this.lastOutboxNumber = lastOutboxNumber
  }

  /** These aggregates had ended, and are deleted: their names can be used again. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#ends.delete(name)
  }

  /** To be called after `clear`. */
  beginAnew(): void {
    this.#ends.clear()
    this.lastPosition = 0
    this.lastOutboxNumber = 0
  }

  #note(rows: readonly unknown[]): void {
    for (const row of rows) {
      const { name, sequence, ended } = endRow.parse(row)
      this.#ends.set(name, { sequence, ended })
    }
  }
}
