/** One machine of a pair that serves a side each: a server, its network to the database, and how the other one reaches it. */
import type { Side } from '../../machines/wire.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type At, ServerProcess } from '../crash/server-process.ts'
import { startProxy, type Proxy as Way } from '../store/proxy.ts'
import { freePorts } from '../suite/free-ports.ts'
import type { Machine } from './faults.ts'
import type { Network } from './network.ts'

const DOMAINS = { A: 'a.example', B: 'b.example' } as const

interface Parts {
  readonly side: Side
  readonly network: Network
  readonly url: string
  readonly ports: readonly [rest: number, httpBind: number, xmpp: number]
  /** What the other server connects to. */
  readonly inbound: Way
  /** The address at which the other server finds it. */
  readonly reachedAt: string
}

let generations = 0

export class SideHost implements Machine {
  readonly side: Side
  readonly at: At
  readonly #parts: Parts
  #server: ServerProcess | undefined
  #generation = 0

  /** `other`: the network of the other server. */
  static async start(side: Side, network: Network, other: Network, cluster: Cluster): Promise<SideHost> {
    const [rest = 0, httpBind = 0, xmpp = 0] = await freePorts(3)
    const inbound = await startProxy(rest, undefined, { server: network.host, here: other.outside })
    const url = await network.connect(cluster)
    return new SideHost({ side, network, url, ports: [rest, httpBind, xmpp], inbound, reachedAt: other.outside })
  }

  private constructor(parts: Parts) {
    const { side, network, ports } = parts
    const [rest, httpBind, xmpp] = ports
    this.#parts = parts
    this.side = side
    const [web, socket] = [`http://${network.host}:${rest}`, `ws://${network.host}:${httpBind}/ws`]
    this.at = { rest: web, ws: socket, xmpp, domain: DOMAINS[side] }
  }

  /** The present server, or the last one. */
  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error(`side ${this.side} has no server`)
    return this.#server
  }

  /** Number of the present server, of all that were started. */
  get generation(): number {
    return this.#generation
  }

  async begin(env: NodeJS.ProcessEnv): Promise<void> {
    const { side, network, url, ports, inbound, reachedAt } = this.#parts
    const [rest, httpBind, xmpp] = ports
    const { host, wrapper, outside } = network
    const flags = [
      ...['--standby', '--side-b', '--serves', side, '--domain', DOMAINS.A, '--domain-b', DOMAINS.B],
      ...['--rest-port', `${rest}`, '--http-bind-port', `${httpBind}`, '--xmpp-port', `${xmpp}`],
      ...['--advertise', `http://${reachedAt}:${inbound.port}`, '--trusted-proxies', outside],
    ]
    generations += 1
    this.#generation = generations
    this.#server = new ServerProcess(url, { flags, env, host, wrapper })
  }

  leaveNetwork(): Promise<void> {
    return this.#parts.network.cut()
  }

  joinNetwork(): Promise<void> {
    return this.#parts.network.join()
  }

  /** The other server gets no answer from this one until `answerOther`. */
  ignoreOther(): void {
    this.#parts.inbound.hold()
  }

  answerOther(): void {
    this.#parts.inbound.release()
  }

  async close(): Promise<void> {
    await this.#server?.kill()
    await this.#parts.inbound.close()
  }
}
