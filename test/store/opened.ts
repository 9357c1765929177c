/** Helpers that open data files and close them after the test. */
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import type { Store } from '../../src/engine/ports.ts'
import { type SqliteOptions, StoreError, sqliteStore } from '../../src/store/index.ts'

export function open(file: string, options?: SqliteOptions): Store {
  const store = sqliteStore(file, options)
  onTestFinished(() => store.close())
  return store
}

/** A second connection to the file, as another program has one. */
export function beside(file: string, readOnly = false): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly })
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  return database
}

/** The error of a call that must be refused, at once or later. */
export async function refusal(run: () => unknown): Promise<StoreError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('was not refused')
}
