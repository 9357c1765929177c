/** One process of the system: engine, accounts, REST and `/acd`, from its start to its death or orderly end. */
import fastify, { type FastifyInstance } from 'fastify'
import { createAccounts } from '../../src/accounts/index.ts'
import { acdControl } from '../../src/acd/index.ts'
import { type SystemClock, systemClock, type TimeSource } from '../../src/clock/system-clock.ts'
import type { LoadedDirectory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import { startEngine } from '../../src/engine/engine.ts'
import type { AcdPort, Clock, Store } from '../../src/engine/ports.ts'
import { finesse } from '../../src/rest/index.ts'
import type { SimulatedClock } from './clock.ts'
import type { Disk, Owner } from './disk.ts'
import type { Machine } from './machine.ts'
import { ServerTime } from './server-time.ts'

export interface Asked {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string
}

export interface Answered {
  readonly status: number
  readonly body: string
}

export interface LifeOptions {
  readonly loaded: LoadedDirectory
  readonly disk: Disk
  readonly clock: SimulatedClock
  readonly machine: Machine
  readonly acd: AcdPort | undefined
  readonly onDeath: () => void
  /** How a product with a planted bug differs. */
  readonly wrapStore?: (store: Store) => Store
  readonly wrapEngine?: (engine: Engine) => Engine
  readonly wrapTime?: (time: TimeSource) => TimeSource
}

export class Life implements Owner {
  readonly #options: LifeOptions
  readonly #system: SystemClock
  /** The server's own time. */
  readonly time: ServerTime
  #alive = true
  #engine: Engine | undefined
  #app: FastifyInstance | undefined
  #tellGone: () => void = () => undefined
  /** Resolves at the end of the process. Open requests get no answer then. */
  readonly #gone: Promise<undefined>

  constructor(options: LifeOptions) {
    this.#options = options
    const { machine, wrapTime = (same) => same } = options
    this.#system = systemClock(wrapTime(machine.timeOf(this)))
    this.time = new ServerTime(machine, this.#system)
    this.#gone = new Promise((resolve) => {
      this.#tellGone = () => resolve(undefined)
    })
  }

  get isAlive(): boolean {
    return this.#alive
  }

  /** `undefined` before it has started. */
  get engine(): Engine | undefined {
    return this.#engine
  }

  /** Rejects when the process cannot start, for example because the disk refuses changes. */
  async start(): Promise<void> {
    const { loaded, disk, acd, clock, wrapStore, wrapEngine = (same) => same } = this.#options
    const starting = startEngine({
      directory: loaded.directory,
      store: disk.openFor(this, wrapStore),
      clock: this.#clock(),
      serves: ['A'],
      retention: { journal: Number.POSITIVE_INFINITY },
      ...(acd ? { acd } : {}),
    })
    const engine = await Promise.race([starting, this.#gone])
    if (!engine || !this.#alive) return
    const { lockout } = loaded.directory.settings
    const accounts = createAccounts({
      credentials: loaded.credentials,
      lockout,
      now: () => clock.now(),
      records: engine.adapters.records,
    })
    const served = wrapEngine(engine)
    const app = fastify()
    await app.register(finesse, { engine: served, accounts })
    await app.register(acdControl, { engine: served, accounts })
    await app.ready()
    this.#engine = served
    this.#app = app
  }

  /** The answer. `undefined` if the connection broke, so that the result of the request is unknown. */
  async ask({ method, url, headers, payload }: Asked): Promise<Answered | undefined> {
    const app = this.#app
    if (!app || !this.#alive) return undefined
    const asked = app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
    const answer = await Promise.race([asked, this.#gone])
    return answer && this.#alive ? { status: answer.statusCode, body: answer.body } : undefined
  }

  /** Ends the process in an orderly way. False when it died meanwhile. */
  async close(): Promise<boolean> {
    // An engine whose process has died waits for its disk for ever.
    await Promise.race([this.#engine?.close(), this.#gone])
    if (!this.#alive) return false
    this.#alive = false
    this.#tellGone()
    return true
  }

  /** The process dies without an orderly end. */
  die(): void {
    if (!this.#alive) return
    this.#alive = false
    this.#tellGone()
    this.#options.onDeath()
  }

  #clock(): Clock {
    const { clock } = this.#options
    return {
      now: () => this.#system.now(),
      at: (time, wake) =>
        this.#system.at(time, () => {
          if (this.#alive) wake()
        }),
      soon: (run) =>
        clock.soon(() => {
          if (this.#alive) run()
        }),
    }
  }
}
