/** An engine that crashes at a chosen point, in virtual time. What it had not committed by then is lost. */

import { pino } from 'pino'
import { type Accounts, createAccounts } from '../../../src/accounts/index.ts'
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import type { Engine } from '../../../src/engine/api.ts'
import { isAnnouncementsLane } from '../../../src/engine/delivery/lanes.ts'
import { startEngine } from '../../../src/engine/engine.ts'
import type { AcdRequest, Clock, Publication, Store } from '../../../src/engine/ports.ts'
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts'
import { Subscriptions } from '../../../src/xmpp/service/subscriptions.ts'

/** What a crash can cut off. */
export type Act = 'commit' | 'record' | 'send'

/** A crash right before or right after the `number`th act of this kind; the first is 1. */
export interface Cut {
  readonly act: Act
  readonly number: number
  readonly when: 'before' | 'after'
}

/** Something that has left the process. */
export type Sent =
  | {
      readonly life: number
      readonly publication: Publication
      readonly position: number
      /** The agent whose node it is was connected. */
      readonly isHeard: boolean
    }
  | { readonly life: number; readonly request: AcdRequest; readonly position: number }

/** The user whose node this is; `''` for other nodes. */
export const ownerOfNode = (node: string): string => /^\/finesse\/api\/User\/([^/]+)/.exec(node)?.[1] ?? ''

class Death extends Error {}

const silent = pino({ level: 'silent' })

export interface LifeOptions {
  readonly number: number
  readonly loaded: LoadedDirectory
  readonly store: Store
  readonly clock: VirtualClock
  /** With an external ACD. */
  readonly external: boolean
  readonly cut: Cut | undefined
  /** Everything that is sent is appended here. */
  readonly sent: Sent[]
  /** Called after each commit, before anything is released. */
  readonly committed?: () => void
}

/** The adapters of an engine that keep records. */
interface Adapters {
  readonly accounts: Accounts
  readonly subscriptions: Subscriptions
}

export class Life {
  readonly counts: Record<Act, number> = { commit: 0, record: 0, send: 0 }
  readonly #options: LifeOptions
  #alive = true
  #position: number
  #engine: Engine | undefined
  #adapters: Adapters | undefined

  constructor(options: LifeOptions) {
    this.#options = options
    this.#position = options.store.history?.lastPosition ?? 0
  }

  get isAlive(): boolean {
    return this.#alive
  }

  get hasStarted(): boolean {
    return this.#engine !== undefined
  }

  /** Position of the last commit. */
  get position(): number {
    return this.#position
  }

  get engine(): Engine {
    if (!this.#engine) throw new Death('it died while it started')
    return this.#engine
  }

  get adapters(): Adapters {
    if (!this.#adapters) throw new Death('it died while it started')
    return this.#adapters
  }

  /** Starts the engine, its publisher and its adapters; resolves when that is done, or when it died. */
  async start(): Promise<void> {
    const { loaded, clock, external } = this.#options
    const starting = startEngine({
      directory: loaded.directory,
      store: this.#store(),
      clock: this.#clock(),
      serves: ['A'],
      retention: { journal: Number.POSITIVE_INFINITY },
      ...(external ? { acd: { start: () => undefined, request: (request) => this.#request(request) } } : {}),
    }).then(
      (engine) => {
        this.#engine = engine
      },
      (error: unknown) => {
        if (this.#alive) throw error
      },
    )
    await clock.settle()
    await starting
    if (!this.#alive || !this.#engine) return
    const { records } = this.#engine.adapters
    const accounts = createAccounts({
      credentials: loaded.credentials,
      lockout: loaded.directory.settings.lockout,
      now: () => clock.now(),
      records,
    })
    this.#adapters = { accounts, subscriptions: new Subscriptions(records, 'subscriptions', silent) }
    this.#engine.adapters.attach('A', { publish: (publication) => this.#publish(publication) })
  }

  /** Does something with the engine until it is done or the engine has crashed. False when it has crashed. */
  async act(what: (life: Life) => Promise<unknown> | undefined): Promise<boolean> {
    if (!this.#alive) return false
    let failure: unknown
    const done = Promise.resolve()
      .then(() => what(this))
      .catch((error: unknown) => {
        failure = error
      })
    await this.#options.clock.settle()
    if (!this.#alive) return false
    await done
    if (this.#alive && failure !== undefined) throw failure
    return this.#alive
  }

  /** Crashes now. */
  die(): void {
    this.#alive = false
  }

  #strike<T>(act: Act, run: () => T): T {
    if (!this.#alive) throw new Death('dead')
    this.counts[act] += 1
    const { cut } = this.#options
    const isHere = cut?.act === act && cut.number === this.counts[act]
    if (isHere && cut.when === 'before') {
      this.#alive = false
      throw new Death(`before ${act} ${cut.number}`)
    }
    const result = run()
    if (isHere) {
      this.#alive = false
      throw new Death(`after ${act} ${cut.number}`)
    }
    return result
  }

  #store(): Store {
    const { store, committed } = this.#options
    return {
      id: store.id,
      history: store.history,
      load: () => store.load(),
      commit: (batch) => {
        this.#strike('commit', () => {
          store.commit(batch)
          this.#position = batch.journal.at(-1)?.position ?? this.#position
        })
        committed?.()
      },
      records: {
        list: (collection) => store.records.list(collection),
        put: (...given) => this.#strike('record', () => store.records.put(...given)),
        delete: (...given) => this.#strike('record', () => store.records.delete(...given)),
      },
      compact: (before) => store.compact(before),
      clear: () => store.clear(),
      rewrite: (...given) => store.rewrite(...given),
      close: () => store.close(),
    }
  }

  #clock(): Clock {
    const { clock } = this.#options
    const whileAlive = (run: () => void) => () => {
      if (this.#alive) run()
    }
    return {
      now: () => clock.now(),
      at: (time, wake) => clock.at(time, whileAlive(wake)),
      soon: (run) => clock.soon(whileAlive(run)),
    }
  }

  #publish(publication: Publication): Promise<void> {
    // Statistics are sent once and never stored.
    if (isAnnouncementsLane(publication.lane)) return Promise.resolve()
    const isHeard = this.#isThere(ownerOfNode(publication.notification.node))
    return this.#leave({ life: this.#options.number, publication, position: this.#position, isHeard })
  }

  #isThere(user: string): boolean {
    return this.#engine?.get.presence(user)?.sides.A === 'PRESENT'
  }

  #request(request: AcdRequest): Promise<void> {
    return this.#leave({ life: this.#options.number, request, position: this.#position })
  }

  /** Sending and its answer are asynchronous, so other work can run in between. */
  #leave(sent: Sent): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      clock.soon(() => {
        try {
          this.#strike('send', () => this.#options.sent.push(sent))
          clock.soon(resolve)
        } catch (error) {
          if (!(error instanceof Death)) throw error
        }
      })
    })
  }
}
