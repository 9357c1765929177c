/**
 * The note `FILE.commits` beside a data file: the last numbers that were committed. It is needed because a log that has
 * lost its end looks as if it had never been longer.
 */
import { closeSync, existsSync, fdatasync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { StoreError } from '../errors.ts'

/** The last committed numbers. They never decrease within one history. */
export interface Reached {
  /** Id of the history that they belong to. */
  readonly history: string
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /**
   * `store.times_opened`: how often the file was opened, plus the number of changes that wrote neither journal nor
   * outbox.
   */
  readonly turn: number
}

const reached = z.strictObject({
  history: z.string(),
  lastPosition: z.int(),
  lastOutboxNumber: z.int(),
  turn: z.int(),
})

/** Size of the note. It is written in place, and fits into one sector of any disk. */
const BYTES = 256

const nameOf = (path: string) => `${path}.commits`

/** Reads the note beside a data file; `undefined` when there is none or it is not readable. */
export function readReached(path: string): Reached | undefined {
  try {
    const [text = '', sum] = readFileSync(nameOf(path), 'utf8').trim().split(' ')
    return Number(sum) === crc32(text) ? reached.parse(JSON.parse(text)) : undefined
  } catch {
    return undefined
  }
}

/**
 * Says in words which changes of the note `noted` the data file lacks; `undefined` for none. Notes of another history
 * are not compared.
 */
export function lackOf(found: Reached, noted: Reached): string | undefined {
  if (found.history !== noted.history) return undefined
  if (found.lastPosition < noted.lastPosition) {
    return `it ends with input ${found.lastPosition}, and ${noted.lastPosition} were confirmed`
  }
  if (found.lastOutboxNumber < noted.lastOutboxNumber) {
    return `it ends with notification ${found.lastOutboxNumber}, and ${noted.lastOutboxNumber} were made`
  }
  return found.turn < noted.turn ? 'a change of subscriptions, locks or erasures is not in it' : undefined
}

/** @throws StoreError `BEHIND` */
export function refuseLack(found: Reached, noted: Reached | undefined, file: string): void {
  const lack = noted && lackOf(found, noted)
  if (lack !== undefined) throw behind(file, `lacks confirmed changes: ${lack}`)
}

export function behind(file: string, what: string): StoreError {
  const causes = 'its log lost its end, or an older copy was put in its place'
  return new StoreError('BEHIND', `${file} ${what} (${causes}); put the right file back, or accept the loss`)
}

/**
 * The note beside an open data file. A failed write of the note is ignored, because the note may be older than the data
 * file. It must never be newer.
 */
export class Note {
  readonly #path: string
  #descriptor: number | undefined
  #isSynced = true
  #isSyncing = false
  #isClosed = false

  constructor(path: string) {
    this.#path = nameOf(path)
  }

  /**
   * Writes the note. To be called after a commit, before it is confirmed. It does not sync: if the process dies, the
   * operating system still writes the note to the disk.
   */
  write(found: Reached): void {
    const text = JSON.stringify({
      history: found.history,
      lastPosition: found.lastPosition,
      lastOutboxNumber: found.lastOutboxNumber,
      turn: found.turn,
    } satisfies Reached)
    this.#put(`${text} ${crc32(text)}`)
  }

  /** Starts to sync the note in the background. */
  sync(): void {
    if (this.#isSynced || this.#isSyncing || this.#descriptor === undefined) return
    this.#isSyncing = true
    this.#isSynced = true
    fdatasync(this.#descriptor, () => {
      this.#isSyncing = false
      if (this.#isClosed) this.#release()
    })
  }

  /** Creates the note again if it was removed. */
  restore(found: Reached): void {
    if (this.#isSyncing || existsSync(this.#path)) return
    this.#release()
    this.write(found)
  }

  close(): void {
    this.#isClosed = true
    if (this.#isSyncing) return
    if (!this.#isSynced) this.#syncNow()
    this.#release()
  }

  #put(text: string): void {
    try {
      // Readable only for the user who runs the server, like the data file.
      this.#descriptor ??= openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w+', 0o600)
      writeSync(this.#descriptor, `${text.padEnd(BYTES - 1)}\n`, 0)
      this.#isSynced = false
    } catch {
      // When the disk is full or fails, the commit itself reports it.
    }
  }

  #syncNow(): void {
    try {
      if (this.#descriptor !== undefined) fdatasyncSync(this.#descriptor)
      this.#isSynced = true
    } catch {
      // Ignored for the same reason.
    }
  }

  #release(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
