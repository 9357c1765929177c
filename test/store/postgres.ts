/** PostgreSQL servers of a test file. */
import { afterAll, beforeAll, describe } from 'vitest'
import { type Cluster, type ClusterOptions, startCluster } from '../cluster/cluster.ts'
import { HOW_TO_INSTALL, installed } from '../cluster/server.ts'

export { type Cluster, type Node, PASSWORD, startCluster } from '../cluster/cluster.ts'

/** A suite that needs PostgreSQL. Without it, it is skipped with a reason. Where `CI` is set, it fails instead. */
export function describeWithPostgres(name: string, tests: () => void): void {
  const isMissing = installed === undefined && !process.env.CI
  describe.skipIf(isMissing)(isMissing ? `${name} (${HOW_TO_INSTALL})` : name, tests)
}

/** The servers of a test file: started before its tests, and stopped after them. Without standbys nothing is replicated or synced. */
export function clusterOfFile(standbys: 0 | 1 | 2, options: ClusterOptions = {}): () => Cluster {
  let cluster: Cluster | undefined
  beforeAll(async () => {
    if (installed === undefined && !process.env.CI) return
    cluster = await startCluster(standbys, options)
  })
  afterAll(async () => cluster?.close())
  return () => {
    if (cluster === undefined) throw new Error('PostgreSQL does not run')
    return cluster
  }
}
