/**
 * Remembers which directory files have had an end mark. From then on such a file must have it, also after a restart, so
 * that a file that was cut off is recognised.
 */
import { resolve } from 'node:path'
import type { LoadedDirectory } from '../directory/index.ts'
import type { RecordStore } from '../engine/ports.ts'

const COLLECTION = 'directory-end-marks'

export class EndMarks {
  readonly #records: RecordStore
  /** Kept in memory too, because a reset empties the store but does not change the file. */
  readonly #marked: Set<string>

  constructor(records: RecordStore) {
    this.#records = records
    this.#marked = new Set(records.list(COLLECTION).map(({ key }) => key))
  }

  /** True if the file had the mark before and does not have it now. */
  isMissed(file: string, { hasEndMark = false }: LoadedDirectory): boolean {
    return !hasEndMark && this.#marked.has(resolve(file))
  }

  /** Remembers the mark of a directory that is in force now. Resolves when that is durable, or the store has refused it. */
  async saw(file: string | undefined, { hasEndMark = false }: LoadedDirectory): Promise<void> {
    if (file === undefined || !hasEndMark) return
    const name = resolve(file)
    if (this.#marked.has(name)) return
    this.#marked.add(name)
    try {
      await this.#records.put(COLLECTION, name, true)
    } catch {
      // The store refuses changes, which the engine reports. This process knows the mark; the next start may not.
    }
  }
}
