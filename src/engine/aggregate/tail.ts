import type { SnapshotRow } from '../ports.ts'
import type { OwnRow } from './aggregate.ts'

/** Limits for the number of inputs after which a new snapshot is due. */
const SNAPSHOT_EVERY = { least: 64, most: 2048 }
/** A large state is written less often: its size (characters of JSON) divided by this is the number of inputs. */
const CHARACTERS_PER_INPUT = 512

/** The last snapshot of an aggregate, and the rows since then. An earlier state is rebuilt from them. */
export class Tail {
  #base: SnapshotRow | undefined
  #rows: OwnRow[] = []
  #snapshotEvery = SNAPSHOT_EVERY.least
  #isSetBack = false

  constructor(base: SnapshotRow | undefined) {
    this.#base = base
  }

  /** The last snapshot; `undefined` before the first one. */
  get base(): SnapshotRow | undefined {
    return this.#base
  }

  get rows(): readonly OwnRow[] {
    return this.#rows
  }

  get snapshotIsDue(): boolean {
    return this.#isSetBack || this.#rows.length >= this.#snapshotEvery
  }

  add(row: OwnRow): void {
    this.#rows.push(row)
  }

  /** Removes the last `count` rows. */
  undo(count: number): void {
    this.#rows = this.#rows.slice(0, -count)
  }

  /** The clock was set back, so a snapshot is due now: a replay of later inputs has to begin with the moved times. */
  setBack(): void {
    this.#isSetBack = true
  }

  /** The snapshot is in the store now, so the rows before it are no longer needed here. */
  rebase(snapshot: SnapshotRow): void {
    this.#base = snapshot
    this.#isSetBack = false
    this.#rows = this.#rows.filter((row) => row.sequence > snapshot.sequence)
    const wanted = Math.ceil(JSON.stringify(snapshot.state).length / CHARACTERS_PER_INPUT)
    this.#snapshotEvery = Math.min(Math.max(SNAPSHOT_EVERY.least, wanted), SNAPSHOT_EVERY.most)
  }
}
