/** One machine of the pair: a server, and its network to the database. */

import type { Cluster } from '../cluster/cluster.ts'
import { type At, ServerProcess } from '../crash/server-process.ts'
import type { Machine } from './faults.ts'
import type { Network } from './network.ts'

export class Host implements Machine {
  readonly name: string
  readonly #network: Network
  readonly #url: string
  #server: ServerProcess | undefined
  /** Where the present server serves; `undefined` while it does not. */
  #at: At | undefined

  static async start(name: string, network: Network, cluster: Cluster): Promise<Host> {
    return new Host(name, network, await network.connect(cluster))
  }

  private constructor(name: string, network: Network, url: string) {
    this.name = name
    this.#network = network
    this.#url = url
  }

  /** The present server, or the last one. */
  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error(`${this.name} has no server`)
    return this.#server
  }

  /** Where it serves; `undefined` while it is a standby, or away. */
  get at(): At | undefined {
    return this.#server?.hasEnded ? undefined : this.#at
  }

  /** Starts a server. Resolves when it serves, or is a standby. */
  async begin(env: NodeJS.ProcessEnv): Promise<void> {
    const { host, wrapper } = this.#network
    const server = new ServerProcess(this.#url, { flags: ['--standby'], env, host, wrapper })
    this.#server = server
    this.#at = undefined
    void server.ready.then((at) => {
      if (this.#server === server) this.#at = at
    })
    await Promise.race([server.ready, server.waiting])
    if (server.hasEnded) throw new Error(`the server of ${this.name} did not start:\n${server.output.join('\n')}`)
  }

  leaveNetwork(): Promise<void> {
    return this.#network.cut()
  }

  joinNetwork(): Promise<void> {
    return this.#network.join()
  }

  async close(): Promise<void> {
    await this.#server?.kill()
  }
}
