/**
 * The network between one machine of the pair and the database. Where the kernel lets us, it is real: the server runs in a
 * network namespace (`../cluster/namespace.ts`), and what is sent during a cut is lost, without an end of any connection. Elsewhere
 * proxies hold what is sent during a cut, and the kernel acknowledges it.
 */
import type { Cluster } from '../cluster/cluster.ts'
import { Cable, canSeparate, Namespace } from '../cluster/namespace.ts'
import { startProxy } from '../store/proxy.ts'

export interface Network {
  /** Addresses on which the servers of the database must listen, beside that of loopback. */
  readonly addresses: readonly string[]
  /** The address at which clients reach a server there. No cut is between them. */
  readonly host: string
  /** The address of this process, as a server there reaches it. */
  readonly outside: string
  /** A command line that runs a server there. */
  readonly wrapper: readonly string[]
  /** Returns the url of the database, as a server there reaches it. */
  connect(cluster: Cluster): Promise<string>
  /** Nothing passes between the server and the database until `join`. */
  cut(): Promise<void>
  join(): Promise<void>
  close(): Promise<void>
}

/** How networks are cut on this machine. */
export const CUT_BY = canSeparate() ? 'namespaces' : 'proxies'

export const startNetwork = (): Promise<Network> => (CUT_BY === 'namespaces' ? separated() : proxied())

async function separated(): Promise<Network> {
  const namespace = await Namespace.start()
  try {
    const toClients = await Cable.lay(namespace, 'clients')
    const toDatabase = await Cable.lay(namespace, 'database')
    return {
      addresses: [toDatabase.here],
      host: toClients.there,
      outside: toClients.here,
      // It ends with this process, however that ends.
      wrapper: ['setpriv', '--pdeathsig=KILL', ...namespace.wrapper],
      connect: async ({ nodes, url }) => url(...nodes.map(({ port }) => ({ host: toDatabase.here, port }))),
      cut: () => toDatabase.cut(),
      join: () => toDatabase.join(),
      close: () => namespace.close(),
    }
  } catch (error) {
    await namespace.close()
    throw error
  }
}

async function proxied(): Promise<Network> {
  let proxies: readonly Awaited<ReturnType<typeof startProxy>>[] = []
  return {
    addresses: [],
    host: '127.0.0.1',
    outside: '127.0.0.1',
    wrapper: [],
    connect: async ({ nodes, url }) => {
      proxies = await Promise.all(nodes.map(({ port }) => startProxy(port)))
      return url(...proxies)
    },
    cut: async () => {
      for (const proxy of proxies) proxy.hold()
    },
    join: async () => {
      for (const proxy of proxies) proxy.release()
    },
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}
