/** Changes that are kept as a whole or not at all. */
import type { DatabaseSync } from 'node:sqlite'

/** Runs `work` in one transaction; whatever it throws comes out when everything is rolled back. */
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

/** Some failures (a full disk) have rolled back already. A ROLLBACK ends the transaction even when it fails. */
function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK')
  } catch {
    // Why the transaction failed says more.
  }
}
