/**
 * How far a data file has come, noted in a small file beside it, `FILE.commits`: a log that has lost its end looks as if
 * it had never been longer, and only somebody else can tell.
 */
import { closeSync, existsSync, fdatasync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { StoreError } from '../errors.ts'

/** Numbers that grow only. */
export interface Reached {
  /** Name of the history that they belong to. */
  readonly history: string
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** Times that the file was opened, and changes that write neither journal nor outbox: `store.times_opened`. */
  readonly turn: number
}

const reached = z.strictObject({
  history: z.string(),
  lastPosition: z.int(),
  lastOutboxNumber: z.int(),
  turn: z.int(),
})

/** Written in place, within one sector of any disk. */
const BYTES = 256

const nameOf = (path: string) => `${path}.commits`

/** What is noted beside a data file; `undefined` for nothing, or nothing that can be read. */
export function readReached(path: string): Reached | undefined {
  try {
    const [text = '', sum] = readFileSync(nameOf(path), 'utf8').trim().split(' ')
    return Number(sum) === crc32(text) ? reached.parse(JSON.parse(text)) : undefined
  } catch {
    return undefined
  }
}

/** In words what a data file lacks of what is noted; `undefined` when nothing is. Another history is not compared. */
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
  if (lack !== undefined) throw behind(file, `lacks what was confirmed: ${lack}`)
}

export function behind(file: string, what: string): StoreError {
  const causes = 'its log lost its end, or an older copy was put in its place'
  return new StoreError('BEHIND', `${file} ${what} (${causes}); put the right file back, or accept the loss`)
}

/** The note beside an open data file. What cannot be noted is left out: the note may lag, never lead. */
export class Note {
  readonly #path: string
  #descriptor: number | undefined
  #isSynced = true
  #isSyncing = false
  #isClosed = false

  constructor(path: string) {
    this.#path = nameOf(path)
  }

  /** For after a commit, before it is confirmed. A process that dies leaves it to the system to write it to the disk. */
  write(found: Reached): void {
    const text = JSON.stringify({
      history: found.history,
      lastPosition: found.lastPosition,
      lastOutboxNumber: found.lastOutboxNumber,
      turn: found.turn,
    } satisfies Reached)
    this.#put(`${text} ${crc32(text)}`)
  }

  /** Writes it to the disk, beside all other work. */
  sync(): void {
    if (this.#isSynced || this.#isSyncing || this.#descriptor === undefined) return
    this.#isSyncing = true
    this.#isSynced = true
    fdatasync(this.#descriptor, () => {
      this.#isSyncing = false
      if (this.#isClosed) this.#release()
    })
  }

  /** Makes a new one where somebody has removed it. */
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
      // Only for whoever runs the server, like the data itself.
      this.#descriptor ??= openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w+', 0o600)
      writeSync(this.#descriptor, `${text.padEnd(BYTES - 1)}\n`, 0)
      this.#isSynced = false
    } catch {
      // A disk that is full or fails is told by the commit itself.
    }
  }

  #syncNow(): void {
    try {
      if (this.#descriptor !== undefined) fdatasyncSync(this.#descriptor)
      this.#isSynced = true
    } catch {
      // As above.
    }
  }

  #release(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
