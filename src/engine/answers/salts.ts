/**
 * The salts of the hashes of requests, in the records of the store. A hash of a short text, such as the tones of a PIN,
 * says the text to everybody who tries all of them. So the salt of old hashes is deleted, and nobody can try any more.
 */

import { EngineUnavailable } from '../api.ts'
import { textOf } from '../contained.ts'
import type { Clock, RecordStore } from '../ports.ts'
import type { Fingerprints } from './once.ts'

const COLLECTION = 'repeat-salts'
/** Pause before a salt that the store did not delete is deleted again, in ms. */
const RETRY = 10_000

/** A salt by its id: the time from which it is used, in ms since 1970 UTC. */
export interface Salt {
  readonly id: string
  readonly text: string
}

export interface SaltParts {
  readonly records: RecordStore
  readonly clock: Clock
  readonly fingerprints: Fingerprints
  /** How long hashes are compared, in ms. A salt is used for new hashes as long, and is then kept as long again. */
  readonly window: number
}

export class Salts {
  readonly #parts: SaltParts
  #newest: Salt | undefined
  #making: Promise<Salt> | undefined
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(parts: SaltParts) {
    this.#parts = parts
  }

  /** Are there none? Then there are no hashes to compare. */
  get isEmpty(): boolean {
    return this.#list().length === 0
  }

  /** Deletes what is too old, now and whenever it is. */
  start(): void {
    void this.#clean()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  /**
   * The salt for new hashes. Most calls get it at once. Rejects, or throws, `EngineUnavailable` if the store does not
   * keep a new one.
   */
  current(): Salt | Promise<Salt> {
    if (this.#newest && this.#isFresh(this.#newest.id)) return this.#newest
    if (this.#making) return this.#making
    const kept = this.#list().find(({ key }) => this.#isFresh(key))
    if (typeof kept?.value === 'string') {
      this.#newest = { id: kept.key, text: kept.value }
      return this.#newest
    }
    const made = this.#make()
    if (!(made instanceof Promise)) return made
    this.#making = made.finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  /** The text of a salt; `undefined` if it was deleted. */
  text(id: string): string | undefined {
    if (this.#newest?.id === id) return this.#newest.text
    const value = this.#list().find(({ key }) => key === id)?.value
    return typeof value === 'string' ? value : undefined
  }

  #isFresh(id: string): boolean {
    const age = this.#parts.clock.now() - Number(id)
    return age >= 0 && age < this.#parts.window
  }

  #list() {
    return this.#parts.records.list(COLLECTION)
  }

  #make(): Salt | Promise<Salt> {
    const { records, clock, fingerprints } = this.#parts
    const salt = { id: String(clock.now()), text: fingerprints.salt() }
    const use = (): Salt => {
      this.#newest = salt
      void this.#clean()
      return salt
    }
    try {
      const kept = records.put(COLLECTION, salt.id, salt.text)
      return kept ? kept.then(use, (error) => unavailable(error)) : use()
    } catch (error) {
      return unavailable(error)
    }
  }

  /** Deletes the salts of hashes that are not compared any more, and looks again when the next one is too old. */
  async #clean(): Promise<void> {
    const { records, clock, window } = this.#parts
    this.#cancel()
    const isOver = (id: string) => Math.abs(clock.now() - Number(id)) >= 2 * window
    try {
      for (const { key } of this.#list()) if (isOver(key)) await records.delete(COLLECTION, key)
    } catch {
      // The store fails.
    }
    if (this.#isStopped) return
    const kept = this.#list().map(({ key }) => Number(key))
    if (kept.length === 0) return
    this.#cancel()
    const next = Math.max(Math.min(...kept) + 2 * window, clock.now() + RETRY)
    this.#cancel = clock.at(next, () => void this.#clean())
  }
}

function unavailable(error: unknown): never {
  throw new EngineUnavailable(`the store keeps no records: ${textOf(error)}`, 'STORE')
}
