/**
 * Watches the data file of an open store: ends the store when the file is lost or damaged, and keeps `FILE.commits` up
 * to date.
 */
import type { StoreEnd } from '../../engine/ports.ts'
import type { StoreError } from '../errors.ts'
import { damaged } from './damage.ts'
import { toStoreError } from './errors.ts'
import type { Place } from './place.ts'
import { Note, type Reached } from './reached.ts'
import { lookThrough } from './watchman.ts'

/** Milliseconds between two checks of the files, and between two syncs of `FILE.commits`. */
const BEAT = 1000

/** What a hold needs of its store. */
export interface Held {
  /** The name of the file in messages. */
  readonly file: string
  readonly path: string
  readonly place: Place
  readonly isWhole: boolean
  reached(): Reached
  /** Closes the connections and gives up the lock, at once. */
  letGo(): void
}

export class Hold {
  readonly #held: Held
  readonly #note: Note
  readonly #beat: NodeJS.Timeout
  readonly #stopCheck: () => void
  readonly #listeners: ((end: StoreEnd) => void)[] = []
  #end: { readonly why: StoreEnd['why']; readonly error: StoreError } | undefined

  constructor(held: Held) {
    this.#held = held
    this.#note = new Note(held.path)
    this.#note.write(held.reached())
    this.#beat = setInterval(() => this.#checkFiles(), BEAT).unref()
    this.#stopCheck = held.isWhole ? () => undefined : lookThrough(held.path, (found) => this.#isDamaged(found))
  }

  /** Why the store has ended; `undefined` while it has not. */
  get error(): StoreError | undefined {
    return this.#end?.error
  }

  onEnd(listener: (end: StoreEnd) => void): void {
    this.#listeners.push(listener)
    if (this.#end !== undefined) listener({ why: this.#end.why, problem: this.#end.error.message })
  }

  /**
   * Checks that the files are still those of this store. `otherwise`: the error code when the check itself fails.
   *
   * @throws StoreError `LOST`, or `otherwise`
   */
  check(otherwise: 'FAILED' | 'LOST'): void {
    try {
      this.#held.place.check()
    } catch (error) {
      const problem = toStoreError(error, this.#held.file, otherwise)
      if (problem.code === 'LOST') this.lose(problem)
      throw problem
    }
  }

  /**
   * Ends the store because its file is lost. Everything is closed at once, so that nothing is written into a file that
   * may belong to another server.
   */
  lose(error: StoreError): void {
    this.#endWith('lost', error)
  }

  /** Writes `FILE.commits`. To be called after each commit. */
  note(): void {
    this.#note.write(this.#held.reached())
  }

  close(): void {
    clearInterval(this.#beat)
    this.#stopCheck()
    this.#note.close()
  }

  /** Runs every `BEAT` ms, so that a loss is noticed even while nothing is written. */
  #checkFiles(): void {
    try {
      this.check('FAILED')
    } catch {
      return
    }
    this.#note.restore(this.#held.reached())
    this.#note.sync()
  }

  #isDamaged(finding: string): void {
    this.#endWith('damaged', damaged(this.#held.file, finding))
  }

  #endWith(why: StoreEnd['why'], error: StoreError): void {
    if (this.#end !== undefined) return
    this.#end = { why, error }
    this.close()
    if (why === 'lost') this.#held.letGo()
    for (const listener of this.#listeners) listener({ why, problem: error.message })
  }
}
