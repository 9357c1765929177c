/**
 * The store in PostgreSQL, on one server.
 *
 * Slow, 20 s: it starts a server, and each change of its tests is synced to the disk.
 */
import type { PostgresOptions } from '../../src/store/postgres/options.ts'
import { postgresStore } from '../../src/store/postgres/store.ts'
import { historyCases } from './history.cases.ts'
import { clusterOfFile, describeWithPostgres } from './postgres.ts'
import { storeCases } from './store.cases.ts'

describeWithPostgres('a store in PostgreSQL', () => {
  const cluster = clusterOfFile(0)
  let schemas = 0

  /** Each store has a schema of its own. */
  const open = async (options: PostgresOptions = {}) => {
    schemas += 1
    return postgresStore(cluster().url(), { schema: `test_${schemas}`, acceptUnreplicated: true, ...options })
  }

  storeCases('postgresStore', () => open())
  historyCases('postgresStore', (historySpacing) => open({ historySpacing }))
})
