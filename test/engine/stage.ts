/** An engine that records its failures, for tests of containment and of round trips. */
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type { JournalRow, SnapshotRow, Store } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'

export type StageOptions = Partial<Pick<EngineOptions, 'acd' | 'role' | 'sides'>> & {
  /** How the directory differs from the sample. */
  readonly directory?: (sample: Directory) => Directory
}

/** Where the state is kept. */
export interface Shelf {
  readonly store: Store
  /** The same contents, for the next process after a crash. */
  reopen(): Promise<Shelf>
}

/** In memory. */
function inMemory(store = memoryStore({ id: 'test', keep: 'history' })): Shelf {
  return { store, reopen: async () => inMemory(store.reopen()) }
}

export interface Failure {
  readonly aggregate: string
  readonly sequence: number
  readonly error: string
}

const { directory: sample } = await loadDirectory()

/** All reads as one text. */
export function readsOf(engine: Engine, sides: readonly ('A' | 'B')[] = ['A']): string {
  const users = engine.get.directory().users.map(({ id }) => id)
  return JSON.stringify({
    users: sides.map((side) => engine.get.users(side)),
    media: users.map((user) => engine.get.mediaList(user)),
    dialogs: users.map((user) => engine.get.dialogs(user, 'all')),
    system: sides.map((side) => engine.get.system(side)),
    faults: sides.map((side) => engine.get.faults(side)),
    tasks: engine.acd?.tasks(),
    calls: engine.acd?.calls(),
  })
}

export class Stage {
  clock: VirtualClock = virtualClock()
  /** The errors in the engine's log. */
  readonly errors: { readonly about: object; readonly message: string }[] = []
  readonly warnings: { readonly about: object; readonly message: string }[] = []
  /** The events `failedInput`. */
  readonly failures: Failure[] = []
  /** All committed journal rows. */
  readonly rows: JournalRow[] = []
  /** The newest snapshot of each aggregate that has not ended. */
  readonly snapshots = new Map<string, SnapshotRow>()
  readonly #options: StageOptions
  #directory: Directory
  #shelf: Shelf
  #engine: Engine | undefined

  private constructor(options: StageOptions, shelf: Shelf) {
    this.#options = options
    this.#shelf = shelf
    this.#directory = options.directory?.(sample) ?? sample
  }

  static async open(options: StageOptions = {}, shelf: Shelf = inMemory()): Promise<Stage> {
    const stage = new Stage(options, shelf)
    await stage.#start()
    return stage
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the stage is not open')
    return this.#engine
  }

  reads(): string {
    return readsOf(this.engine, this.#options.sides)
  }

  /**
   * Crashes, without closing anything, and starts again. `clockSetBack`: the clock of the new engine is this many ms
   * behind, and that of the old engine stands still.
   */
  async crash(clockSetBack?: number): Promise<void> {
    if (clockSetBack !== undefined) this.clock = virtualClock(this.clock.now() - clockSetBack)
    this.#shelf = await this.#shelf.reopen()
    await this.#start()
  }

  /** Closes the engine and starts again, on a directory that `change` may change. */
  async restart(change: (directory: Directory) => Directory = (same) => same): Promise<void> {
    await this.engine.close()
    this.#directory = change(this.#directory)
    await this.crash()
  }

  /** The committed rows of failed inputs. */
  get failedRows(): readonly JournalRow[] {
    return this.rows.filter(({ outcome }) => outcome === 'failed')
  }

  async #start(): Promise<void> {
    const { store } = this.#shelf
    const commit = store.commit.bind(store)
    store.commit = (batch) => {
      void commit(batch)
      this.rows.push(...batch.journal)
      for (const row of batch.snapshots) this.snapshots.set(row.aggregate, row)
      for (const ended of batch.ended) this.snapshots.delete(ended)
    }
    const { acd, role, sides } = this.#options
    const log = {
      warn: (about: object, message: string) => {
        this.warnings.push({ about, message })
      },
      error: (about: object, message: string) => {
        this.errors.push({ about, message })
      },
    }
    const given = { ...(acd && { acd }), ...(role && { role }), ...(sides && { sides }) }
    this.#engine = await createEngine({ ...given, store, clock: this.clock, directory: this.#directory, log })
    this.#engine.on('failedInput', (failure) => this.failures.push(failure))
  }
}
