/**
 * The stores of the servers of these tests. They are in memory, because the tests need no disk, and `test/store` tests that
 * all stores keep the same. `npm run test:postgres` runs the tests on PostgreSQL.
 */
import { randomUUID } from 'node:crypto'
import type { Store } from '../../src/engine/ports.ts'
import { memoryStore, postgresStore } from '../../src/store/index.ts'

/** The address of a database for all servers. */
export const DATABASE_VARIABLE = 'MRDIAN_TEST_DATABASE'

let database = process.env[DATABASE_VARIABLE]

/** From now on new servers have their stores in this database. Returns where they had them before. */
export function keepIn(url: string | undefined): string | undefined {
  const before = database
  database = url
  return before
}

/** A store for one server, which closes it. */
export async function storeOfSite(): Promise<Store> {
  if (database === undefined) return memoryStore({ keep: 'history' })
  const schema = `site_${randomUUID().replaceAll('-', '')}`
  return postgresStore(database, { schema, acceptUnreplicated: true })
}
