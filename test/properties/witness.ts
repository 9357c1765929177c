/** What an engine answered and showed, compared with what its store has kept and acknowledged. */
import type { Answer, Command } from '../../src/engine/commands.ts'
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { Batch, JournalRow } from '../../src/engine/ports.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/store.ts'
import type { Chances } from './late.ts'

/** Parts of a step that are done together begin fewer turns apart than this. */
const APART = 4

export class Witness {
  readonly #chances: Chances
  readonly #kept: Batch[] = []
  readonly #rows = new Map<number, JournalRow>()
  /** Ids of the commands that have rows. */
  readonly #written = new Set<string>()
  readonly #refused = new Set<string>()
  /** Ids of the aggregates that have ended. */
  readonly #ended = new Set<string>()
  /** Positions whose batch has its answer. */
  readonly #answered = new Set<number>()
  /** The last position of the journal up to which all batches have their answers. */
  #acknowledged = 0
  #lastShown = 0
  readonly #found: string[] = []

  constructor(chances: Chances) {
    this.#chances = chances
  }

  /** Turns until the next part of a step begins. */
  pause(): number {
    const { dice, refusesOneOf } = this.#chances
    return refusesOneOf === 0 ? 0 : dice(APART)
  }

  /** The store has kept a batch, and has not said so yet. */
  kept(batch: Batch): void {
    this.#kept.push(batch)
    for (const aggregate of batch.ended) this.#ended.add(aggregate)
    for (const row of batch.journal) {
      if (row.position !== this.#rows.size + 1) this.#found.push(`row ${row.position} follows ${this.#rows.size}`)
      this.#rows.set(row.position, row)
      if (row.origin?.request !== undefined) this.#written.add(row.origin.request)
    }
  }

  /** The store says that it has kept a batch. */
  acknowledged(batch: Batch): void {
    for (const { position } of batch.journal) this.#answered.add(position)
    while (this.#answered.delete(this.#acknowledged + 1)) this.#acknowledged += 1
  }

  /**
   * A command has its answer. What was accepted is in the journal. There is one exception: a call that ends before the
   * command reaches it takes no more inputs.
   */
  answered(request: string, command: Command, answer: Answer): void {
    const isOver = 'dialog' in command && this.#ended.has(`call/${command.dialog}`)
    if (answer.accepted && !isOver && !this.#written.has(request))
      this.#found.push(`${request} was accepted and is not kept`)
  }

  /** A command was refused because the store does not take changes. */
  refused(request: string): void {
    this.#refused.add(request)
  }

  /** A notification is shown: its row is acknowledged. They come in the order of the journal. */
  shown({ position, source }: NotificationEvent): void {
    const what = `the notification of row ${position} about ${source}`
    if (position > this.#acknowledged) this.#found.push(`${what} was shown, acknowledged is ${this.#acknowledged}`)
    if (position < this.#lastShown) this.#found.push(`${what} was shown after that of row ${this.#lastShown}`)
    this.#lastShown = position
  }

  /** All that was wrong since the last call. */
  wrong(): readonly string[] {
    const done = [...this.#refused].filter((request) => this.#written.has(request))
    this.#refused.clear()
    return [...this.#found.splice(0), ...done.map((request) => `${request} was refused and is kept`)]
  }

  /** A store with the same journal and no snapshots. */
  journal(): MemoryStore {
    const store = memoryStore({ id: 'history', keep: 'history' })
    for (const batch of this.#kept) store.commit({ ...batch, snapshots: [] })
    return store
  }
}
