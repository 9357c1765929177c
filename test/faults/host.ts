/** One machine of the pair: a server, and its network to the database. */

import type { Cluster } from '../cluster/cluster.ts'
import { type At, ServerProcess } from '../crash/server-process.ts'
import { type Proxy as Network, startProxy } from '../store/proxy.ts'

export class Host {
  readonly name: string
  readonly #proxies: readonly Network[]
  readonly #url: string
  #server: ServerProcess | undefined
  /** Where the present server serves; `undefined` while it does not. */
  #at: At | undefined

  static async start(name: string, cluster: Cluster): Promise<Host> {
    const proxies = await Promise.all(cluster.nodes.map(({ port }) => startProxy(port)))
    return new Host(name, proxies, cluster.url(...proxies))
  }

  private constructor(name: string, proxies: readonly Network[], url: string) {
    this.name = name
    this.#proxies = proxies
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
    const server = new ServerProcess(this.#url, { flags: ['--standby'], env })
    this.#server = server
    this.#at = undefined
    void server.ready.then((at) => {
      if (this.#server === server) this.#at = at
    })
    await Promise.race([server.ready, server.waiting])
    if (server.hasEnded) throw new Error(`the server of ${this.name} did not start:\n${server.output.join('\n')}`)
  }

  /** Nothing passes between the server and the database until `joinNetwork`. */
  leaveNetwork(): void {
    for (const proxy of this.#proxies) proxy.hold()
  }

  joinNetwork(): void {
    for (const proxy of this.#proxies) proxy.release()
  }

  async close(): Promise<void> {
    await this.#server?.kill()
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }
}
