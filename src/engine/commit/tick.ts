/**
 * The results of one tick, which become one commit. They can be undone: back to a mark, if the cascade of one input
 * failed, or completely, if the commit failed.
 */
import type { Aggregate, OwnRow } from '../aggregate/aggregate.ts'
import type { InspectedEvent } from '../inspection/api.ts'
import type { Output } from '../output.ts'
import type { JournalRow, Origin, OutboxRow } from '../ports.ts'

/** A committed output for the world outside the aggregates. */
export interface Released {
  readonly aggregate: string
  /** Position of the journal row whose step made the output. */
  readonly position: number
  readonly output: Extract<Output, { type: 'publish' | 'acd' | 'refusal' | 'flagged' }>
  /** The outbox rows of the output. Empty if no service or ACD is to get it. */
  readonly rows: readonly OutboxRow[]
}

/** An input that failed. */
export interface FailedStep {
  readonly aggregate: string
  readonly sequence: number
  /** Position in the journal. */
  readonly position: number
  readonly error: Error
  /** Id of the request that the input came from, if it has one. */
  readonly request?: string | undefined
}

/** Where the input of a journal row came from. See `JournalRow`. */
export interface Source {
  readonly origin: Origin | null
  readonly cause: number | null
}

/** Outbox rows of an output, without their numbers. */
export type OutboxOf = (aggregate: string, output: Released['output']) => readonly Omit<OutboxRow, 'number'>[]

/** A point that the tick can be undone to: the lengths of its lists. */
interface Mark {
  readonly journal: number
  readonly outbox: number
  readonly released: number
  readonly failures: number
  readonly inspected: number
}

export class Tick {
  readonly journal: JournalRow[] = []
  readonly outbox: OutboxRow[] = []
  readonly released: Released[] = []
  readonly failures: FailedStep[] = []
  /** Inspection events of the steps, in order. Empty if there are no inspectors. */
  readonly inspected: (readonly InspectedEvent[])[] = []
  /** The aggregate of each journal row. */
  readonly #stepped: Aggregate[] = []
  readonly #outboxOf: OutboxOf
  /** Last position and outbox number before this tick. */
  readonly before: { readonly position: number; readonly outboxNumber: number }

  constructor(position: number, outboxNumber: number, outboxOf: OutboxOf) {
    this.before = { position, outboxNumber }
    this.#outboxOf = outboxOf
  }

  /** Last position and outbox number, this tick included. */
  get position(): number {
    return this.before.position + this.journal.length
  }

  get outboxNumber(): number {
    return this.before.outboxNumber + this.outbox.length
  }

  /** All aggregates that took a step. */
  get touched(): ReadonlySet<Aggregate> {
    return new Set(this.#stepped)
  }

  /** The aggregates that took a step after the mark. */
  touchedSince(mark: Mark): ReadonlySet<Aggregate> {
    return new Set(this.#stepped.slice(mark.journal))
  }

  get mark(): Mark {
    const { journal, outbox, released, failures, inspected } = this
    return {
      journal: journal.length,
      outbox: outbox.length,
      released: released.length,
      failures: failures.length,
      inspected: inspected.length,
    }
  }

  /** Adds the journal row of an applied step, and its outputs. */
  applied(aggregate: Aggregate, row: OwnRow, outputs: readonly Output[], { origin, cause }: Source): void {
    this.#stepped.push(aggregate)
    const position = this.position + 1
    const first = this.outboxNumber + 1
    for (const output of outputs) this.#release(aggregate.id, position, output)
    const last = this.outboxNumber
    const made = outputs.find((output) => output.type === 'reply')?.id ?? null
    this.journal.push({ ...row, position, origin, cause, made, outbox: last < first ? null : [first, last] })
  }

  /** Completes the origin in the row at this position, when the whole cascade of its input is known. */
  note(position: number, origin: Origin): void {
    const index = position - this.before.position - 1
    const row = this.journal[index]
    if (row) this.journal[index] = { ...row, origin }
  }

  /** Adds the journal row of a failed step. */
  failed(aggregate: Aggregate, row: OwnRow, error: Error, { origin, cause }: Source): void {
    const position = this.position + 1
    this.journal.push({ ...row, position, origin, cause, made: null, outbox: null })
    this.#stepped.push(aggregate)
    this.failures.push({ aggregate: aggregate.id, sequence: row.sequence, position, error, request: origin?.request })
  }

  /** Undoes everything after the mark. Returns the aggregates whose steps were undone. */
  backTo(mark: Mark): ReadonlySet<Aggregate> {
    const steps = new Map<Aggregate, number>()
    for (const aggregate of this.#stepped.splice(mark.journal)) steps.set(aggregate, (steps.get(aggregate) ?? 0) + 1)
    for (const [aggregate, count] of steps) aggregate.undo(count)
    this.journal.length = mark.journal
    this.outbox.length = mark.outbox
    this.released.length = mark.released
    this.failures.length = mark.failures
    this.inspected.length = mark.inspected
    return new Set(steps.keys())
  }

  /** Undoes everything. Returns the aggregates whose steps were undone. */
  undo(): ReadonlySet<Aggregate> {
    return this.backTo({ journal: 0, outbox: 0, released: 0, failures: 0, inspected: 0 })
  }

  /** Adds the inspection events of the last step. Inspectors get them after the commit. */
  inspect(events: readonly InspectedEvent[] | undefined): void {
    if (events && events.length > 0) this.inspected.push(events)
  }

  #release(aggregate: string, position: number, output: Output): void {
    if (!isReleased(output)) return
    const rows = this.#outboxOf(aggregate, output).map((row, index) => ({
      ...row,
      number: this.outboxNumber + 1 + index,
    }))
    this.outbox.push(...rows)
    this.released.push({ aggregate, position, output, rows })
  }
}

const RELEASED: ReadonlySet<string> = new Set<Released['output']['type']>(['publish', 'acd', 'refusal', 'flagged'])

const isReleased = (output: Output): output is Released['output'] => RELEASED.has(output.type)
