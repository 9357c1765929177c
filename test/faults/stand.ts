/** What a pair stands on: the servers of the database, two machines, and the networks between them. */
import type { Cluster } from '../cluster/cluster.ts'
import { Database } from './database.ts'
import { type Network, startNetwork } from './network.ts'

export interface Stand<Host> {
  readonly database: Database
  readonly hosts: readonly [Host, Host]
  close(): Promise<void>
}

type MakeHost<Host> = (which: 0 | 1, network: Network, other: Network, cluster: Cluster) => Promise<Host>

/** `make`: one of the two machines; its network, and that of the other one. */
export async function startStand<Host extends { close(): Promise<void> }>(make: MakeHost<Host>): Promise<Stand<Host>> {
  const ends: (() => Promise<void>)[] = []
  const close = async () => {
    for (const end of ends.splice(0)) await end()
  }
  const ending = <T extends { close(): Promise<void> }>(thing: T): T => {
    ends.unshift(() => thing.close())
    return thing
  }
  try {
    const one = ending(await startNetwork())
    const two = ending(await startNetwork())
    const database = ending(await Database.start([...one.addresses, ...two.addresses]))
    const first = ending(await make(0, one, two, database.cluster))
    const second = ending(await make(1, two, one, database.cluster))
    return { database, hosts: [first, second], close }
  } catch (error) {
    await close()
    throw error
  }
}
