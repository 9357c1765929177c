/** Tries crashes right before and right after commits, records and sends of a full day, and collects the faults. */
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadedDirectory } from '../../../src/directory/index.ts'
import { type MemoryStore, memoryStore, sqliteStore } from '../../../src/store/index.ts'
import type { Act, Cut } from './life.ts'
import { type Baseline, baseline, type Disk, trial } from './trial.ts'

const ACTS: readonly Act[] = ['commit', 'record', 'send']

/** Every nth point is tried, counted from 0; one n for each kind of trial. */
export interface Strides {
  /** One crash. */
  readonly single: number
  /** One crash, after which the day goes on to its end. A multiple of `single`. */
  readonly goesOn: number
  /** One crash, and one or two more while the engine recovers, with clients that reconnect in between or do not. */
  readonly double: number
  /** One crash, with a data file. */
  readonly file: number
}

/** Every point gets one crash. */
export const EVERY: Strides = { single: 1, goesOn: 16, double: 24, file: 67 }

export class Day {
  readonly reference: Baseline
  readonly cuts: readonly Cut[]
  readonly #place: { readonly loaded: LoadedDirectory; readonly external: boolean }
  readonly #folder: string
  #files = 0

  private constructor(reference: Baseline, place: { loaded: LoadedDirectory; external: boolean }, folder: string) {
    this.reference = reference
    this.#place = place
    this.#folder = folder
    this.cuts = ACTS.flatMap((act) =>
      Array.from({ length: reference.counts[act] }, (_, index) =>
        (['before', 'after'] as const).map((when): Cut => ({ act, number: index + 1, when })),
      ).flat(),
    )
  }

  /** Plays the day once without a crash. `external`: with an external ACD. Data files are made below `folder`. */
  static async play(place: { loaded: LoadedDirectory; external: boolean }, folder: string): Promise<Day> {
    return new Day(await baseline({ ...place, disk: inMemory() }), place, mkdtempSync(join(folder, 'day-')))
  }

  /** Tries points with one crash each. Returns the faults. */
  async single({ single, goesOn }: Strides): Promise<readonly string[]> {
    const wrong: string[] = []
    for (const [index, cut] of this.cuts.entries())
      if (index % single === 0) wrong.push(...(await this.#try([cut], inMemory(), index % goesOn === 0)))
    return wrong
  }

  /** Tries one and two more crashes during recoveries; clients reconnect in between or do not. Returns the faults. */
  async double({ double }: Strides): Promise<readonly string[]> {
    const wrong: string[] = []
    for (const [index, cut] of this.cuts.entries()) {
      if (index % double !== 0) continue
      for (const number of [1, 2, 3, 5]) {
        const act = number === 5 ? 'send' : 'commit'
        const second: Cut = { act, number, when: index % 2 === 0 ? 'before' : 'after' }
        // The first commits come before any time has passed, so the grace period of no user is over.
        const staysAway = number <= 2 && (index + number) % 2 === 0
        wrong.push(...(await this.#try([cut, second], inMemory(), false, staysAway)))
        if (number === 2) wrong.push(...(await this.#try([cut, second, second], inMemory(), false, !staysAway)))
      }
    }
    return wrong
  }

  /** Tries points with one crash each, with a data file. Returns the faults. */
  async onFiles({ file }: Strides): Promise<readonly string[]> {
    const wrong: string[] = []
    for (const [index, cut] of this.cuts.entries())
      if (index % file === 0) wrong.push(...(await this.#try([cut], this.#onDisk(), true)))
    return wrong
  }

  async #try(cuts: readonly Cut[], disk: Disk, goesOn: boolean, staysAway = false): Promise<readonly string[]> {
    const found = await trial({ ...this.#place, disk, cuts, goesOn, staysAway }, this.reference)
    const where = cuts.map(({ when, act, number }) => `${when} ${act} ${number}`).join(', then ')
    const how = staysAway ? ', clients stay away in between' : ''
    return found.map((what) => `${where}${how}: ${what}`)
  }

  /** A crash leaves only the file and its log. Both are copied while the old store is still open. */
  #onDisk(file = this.#newFile()): Disk {
    const store = sqliteStore(file)
    return {
      store,
      reopen: () => {
        const copy = this.#newFile()
        for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
        try {
          store.close()
        } catch {
          // A life that ended without a crash has closed it.
        }
        return this.#onDisk(copy)
      },
    }
  }

  #newFile(): string {
    this.#files += 1
    return join(this.#folder, `${this.#files}.db`)
  }
}

function inMemory(store: MemoryStore = memoryStore({ id: 'crash', keep: 'history' })): Disk {
  return { store, reopen: () => inMemory(store.reopen()) }
}
