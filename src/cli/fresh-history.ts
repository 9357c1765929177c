/** The history of a data file, for long use: it shows the newest state and never keeps the file open for long. */
import type { History, JournalRow, SnapshotRow } from '../engine/ports.ts'
import { type OpenHistory, openHistory } from '../store/index.ts'

/** The file is opened again and again, because a server cannot shorten its log while it is open. Milliseconds. */
const OLDEST = 1000
const IDLE = 200

/** Do not pause within an iteration over rows, because the file may be closed meanwhile. Call `close` at the end. */
export class FreshHistory implements History {
  readonly #file: string
  #open: { readonly history: OpenHistory; readonly at: number } | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(file: string) {
    this.#file = file
  }

  get storeId(): string {
    return this.#history.storeId
  }

  get lastPosition(): number {
    return this.#history.lastPosition
  }

  get lastOutboxNumber(): number {
    return this.#history.lastOutboxNumber
  }

  aggregates(): ReturnType<History['aggregates']> {
    return this.#history.aggregates()
  }

  aggregate(name: string): ReturnType<History['aggregate']> {
    return this.#history.aggregate(name)
  }

  snapshot(aggregate: string, time: number): SnapshotRow | undefined {
    return this.#history.snapshot(aggregate, time)
  }

  snapshots(aggregate: string): Iterable<SnapshotRow> {
    return this.#history.snapshots(aggregate)
  }

  rows(aggregate: string, sequence: number): Iterable<JournalRow> {
    return this.#history.rows(aggregate, sequence)
  }

  row(position: number): JournalRow | undefined {
    return this.#history.row(position)
  }

  causedBy(position: number): readonly JournalRow[] {
    return this.#history.causedBy(position)
  }

  madeBy(id: string): JournalRow | undefined {
    return this.#history.madeBy(id)
  }

  all(position: number): Iterable<JournalRow> {
    return this.#history.all(position)
  }

  outbox(): ReturnType<History['outbox']> {
    return this.#history.outbox()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#open?.history.close()
    this.#open = undefined
  }

  get #history(): OpenHistory {
    if (this.#open && performance.now() - this.#open.at > OLDEST) this.close()
    this.#open ??= { history: openHistory(this.#file), at: performance.now() }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), IDLE)
    this.#timer.unref()
    return this.#open.history
  }
}
