/**
 * Which directory files have had the mark of their end: from then on they have to have it, over restarts as well, so that
 * one that is cut off is known as such.
 */
import { resolve } from 'node:path'
import type { LoadedDirectory } from '../directory/index.ts'
import type { RecordStore } from '../engine/ports.ts'

const COLLECTION = 'directory-end-marks'

export class EndMarks {
  readonly #records: RecordStore
  /** A reset empties the store, and the file is the same. */
  readonly #marked: Set<string>

  constructor(records: RecordStore) {
    this.#records = records
    this.#marked = new Set(records.list(COLLECTION).map(({ key }) => key))
  }

  /** The file had the mark before, and has it no more. */
  isMissed(file: string, { hasEndMark = false }: LoadedDirectory): boolean {
    return !hasEndMark && this.#marked.has(resolve(file))
  }

  /** This is in force now. */
  saw(file: string | undefined, { hasEndMark = false }: LoadedDirectory): void {
    if (file === undefined || !hasEndMark) return
    const name = resolve(file)
    if (this.#marked.has(name)) return
    this.#marked.add(name)
    try {
      this.#records.put(COLLECTION, name, true)
    } catch {
      // The store takes nothing at present, which the engine tells: the next start knows less, and this one as much.
    }
  }
}
