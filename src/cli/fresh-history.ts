/** The history of a data file, for long use: it shows the newest state and never keeps the file open for long. */
import { SqliteHistory } from '../store/sqlite/history.ts'
import type { DatabaseSync } from '../store/sqlite/module.ts'
import { openReader } from '../store/sqlite/reader.ts'

/** The file is opened again and again, because a server cannot shorten its log while it is open. Milliseconds. */
const OLDEST = 1000
const IDLE = 200

/** Each page of an iteration is read from the newest state. Call `close` at the end. */
export class FreshHistory extends SqliteHistory {
  #open: { readonly database: DatabaseSync; readonly at: number } | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(file: string) {
    super(() => this.#newest(), file)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#open?.database.close()
    this.#open = undefined
  }

  #newest(): DatabaseSync {
    if (this.#open && performance.now() - this.#open.at > OLDEST) this.close()
    this.#open ??= { database: openReader(this.file), at: performance.now() }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), IDLE)
    this.#timer.unref()
    return this.#open.database
  }
}
