/** Transactions: changes are kept as a whole or not at all. */
import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `work` in one transaction. If `work` or the commit throws, everything is rolled back and the error is thrown
 * again.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/**
 * After some failures (a full disk) SQLite has already rolled back. A ROLLBACK ends the transaction even when it fails.
 */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK')
  } catch {
    // The caller throws the error of the transaction, which says more.
  }
}
