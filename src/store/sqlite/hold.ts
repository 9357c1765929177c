/** A store's hold on its data file: as long as the file is this store's and whole, and how far it has come. */
import type { StoreEnd } from '../../engine/ports.ts'
import type { StoreError } from '../errors.ts'
import { damaged } from './damage.ts'
import { toStoreError } from './errors.ts'
import type { Place } from './place.ts'
import { Note, type Reached } from './reached.ts'
import { lookThrough } from './watchman.ts'

/** Milliseconds between two looks at the files, and between two times that the note beside them is synced. */
const BEAT = 1000

/** What a hold is about. */
export interface Held {
  /** As messages call it. */
  readonly file: string
  readonly path: string
  readonly place: Place
  readonly isWhole: boolean
  reached(): Reached
  /** Closes everything, now. */
  letGo(): void
}

export class Hold {
  readonly #held: Held
  readonly #note: Note
  readonly #beat: NodeJS.Timeout
  readonly #stopLooking: () => void
  readonly #listeners: ((end: StoreEnd) => void)[] = []
  #end: { readonly why: StoreEnd['why']; readonly error: StoreError } | undefined

  constructor(held: Held) {
    this.#held = held
    this.#note = new Note(held.path)
    this.#note.write(held.reached())
    this.#beat = setInterval(() => this.#lookAround(), BEAT).unref()
    this.#stopLooking = held.isWhole ? () => undefined : lookThrough(held.path, (found) => this.#isDamaged(found))
  }

  /** Why nothing is taken any more. */
  get error(): StoreError | undefined {
    return this.#end?.error
  }

  onEnd(listener: (end: StoreEnd) => void): void {
    this.#listeners.push(listener)
    if (this.#end !== undefined) listener({ why: this.#end.why, problem: this.#end.error.message })
  }

  /**
   * Looks at the files. `otherwise`: what it is when they cannot be seen.
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

  /** For good: everything is closed at once, so that nothing reaches a file that may be somebody else's. */
  lose(error: StoreError): void {
    this.#endWith('lost', error)
  }

  /** Notes how far the file has come; for after a commit. */
  note(): void {
    this.#note.write(this.#held.reached())
  }

  close(): void {
    clearInterval(this.#beat)
    this.#stopLooking()
    this.#note.close()
  }

  /** While nothing is written, too. */
  #lookAround(): void {
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
