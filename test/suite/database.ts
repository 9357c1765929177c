/** The database of `npm run test:postgres`. It is started before the tests, and ended after them. */
import { startCluster } from '../cluster/cluster.ts'

/** `start` becomes the address of a database, for the workers. */
const VARIABLE = 'MRDIAN_TEST_DATABASE'

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[VARIABLE] !== 'start') return undefined
  const cluster = await startCluster(0)
  process.env[VARIABLE] = cluster.url()
  return () => cluster.close()
}
