/** The servers of PostgreSQL: which one is the primary, what they contain, and how one that was lost comes back. */
import postgres from 'postgres'
import { z } from 'zod'
import { type Cluster, type Node, startCluster } from '../cluster/cluster.ts'
import { type FileContent, journalRow, outboxRow, recordRow, snapshotRow, storeRow } from '../crash/data-file.ts'

export class Database {
  readonly cluster: Cluster
  #primary: Node

  /** `addresses`: on which the servers listen, beside that of loopback. */
  static async start(addresses: readonly string[]): Promise<Database> {
    return new Database(await startCluster(2, { addresses }))
  }

  private constructor(cluster: Cluster) {
    this.cluster = cluster
    this.#primary = cluster.primary
  }

  get primary(): Node {
    return this.#primary
  }

  get standbys(): readonly Node[] {
    return this.cluster.nodes.filter((node) => node !== this.#primary)
  }

  /** The other servers go on without the primary. */
  async promote(): Promise<void> {
    this.#primary = await this.cluster.promoteNewest(this.standbys)
  }

  /** A server begins anew, as a standby of the primary. */
  rejoin(node: Node): Promise<void> {
    return this.cluster.rejoin(node, this.#primary)
  }

  /** What is stored, at one moment. Plain SQL, so that the check does not use the code that wrote it. */
  async read(behind: number): Promise<FileContent> {
    const sql = postgres(this.cluster.url(this.#primary), { max: 1, onnotice: () => undefined })
    try {
      return await sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (inside) => {
        await inside.unsafe('SET LOCAL search_path = mrdian')
        const rows = async <T>(schema: z.ZodType<T>, query: string, ...values: number[]): Promise<readonly T[]> =>
          z.array(schema).parse(await inside.unsafe(query, values))
        const [store] = await rows(storeRow, 'SELECT history, last_outbox_number::float8 FROM store')
        if (!store) throw new Error('the store has no row')
        return {
          storeId: store.history,
          lastOutboxNumber: store.last_outbox_number,
          journal: await rows(journalRow, JOURNAL, behind),
          snapshots: await rows(snapshotRow, 'SELECT aggregate, sequence::float8, state FROM snapshot'),
          outbox: await rows(outboxRow, 'SELECT number::float8, lane, payload FROM outbox ORDER BY outbox.number'),
          records: await rows(recordRow, 'SELECT collection, key, value FROM record ORDER BY collection, key'),
        }
      })
    } finally {
      await sql.end()
    }
  }

  close(): Promise<void> {
    return this.cluster.close()
  }
}

const JOURNAL = `
  SELECT position::float8, aggregate, sequence::float8, at::float8, machine_version::float8, outcome, input, origin, error,
    first_outbox::float8, last_outbox::float8
  FROM journal WHERE position > $1 ORDER BY journal.position`
