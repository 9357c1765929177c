/**
 * Links for wallboards: whoever has one sees the board without a sign-in, and can do nothing else. The store has the hash
 * (SHA-256) of a link's secret, which is random, so that the data file is of no use to who reads it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Engine } from '../engine/api.ts'
import { EngineUnavailable } from '../engine/api.ts'
import { textOf } from '../engine/contained.ts'
import type { RecordStore } from '../engine/ports.ts'
import { Turns } from '../waiting/turns.ts'

/** Collection in the record store. Key: the id. */
const COLLECTION = 'kiosks'

/** Most links at a time. */
export const KIOSKS_MOST = 100
/** 256 bits cannot be guessed. */
const BYTES = 32
const ONE_AT_A_TIME = { running: 1, waiting: 100 }

const stored = z.strictObject({ name: z.string(), hash: z.string(), by: z.string(), at: z.int() })

export interface Kiosk {
  /** `1`, `2`, … */
  readonly id: string
  /** What its maker calls it. */
  readonly name: string
  /** The administrator who made it. */
  readonly by: string
  /** When it was made, in milliseconds since 1970 UTC. */
  readonly at: number
}

/** A link that was made just now. */
export interface NewKiosk {
  readonly kiosk: Kiosk
  readonly secret: string
}

interface Entry extends Kiosk {
  readonly hash: string
}

/** The part of an engine whose store has the links. */
export type KioskEngine = Pick<Engine, 'now'> & { readonly adapters: { readonly records: RecordStore } }

export class Kiosks {
  readonly #engine: KioskEngine
  readonly #onEnd = new Set<(id: string) => void>()
  /** Changes come one after the other: the list, from which the next id follows, shows a change when it is kept. */
  readonly #turns = new Turns(ONE_AT_A_TIME, () => new EngineUnavailable('too many changes wait', 'FULL'))

  constructor(engine: KioskEngine) {
    this.#engine = engine
  }

  /** Oldest first. */
  list(): readonly Kiosk[] {
    return this.#all().map(({ hash: _, ...kiosk }) => kiosk)
  }

  /**
   * Makes a link. Only this answer has its secret. Resolves with `undefined` if there are `KIOSKS_MOST` already. Rejects
   * with EngineUnavailable if the store does not take it.
   */
  create(name: string, by: string): Promise<NewKiosk | undefined> {
    return this.#turns.run(() => this.#create(name, by))
  }

  async #create(name: string, by: string): Promise<NewKiosk | undefined> {
    const all = this.#all()
    if (all.length >= KIOSKS_MOST) return undefined
    const secret = randomBytes(BYTES).toString('base64url')
    const kiosk = { id: String(Math.max(0, ...all.map(({ id }) => Number(id))) + 1), name, by, at: this.#engine.now() }
    const { id, ...value } = { ...kiosk, hash: hashOf(secret) }
    await this.#change((records) => records.put(COLLECTION, id, value))
    return { kiosk, secret }
  }

  /**
   * Ends a link, and tells who uses it. Resolves with false if there is none with this id. Rejects with
   * EngineUnavailable if the store does not take it.
   */
  revoke(id: string): Promise<boolean> {
    return this.#turns.run(() => this.#revoke(id))
  }

  async #revoke(id: string): Promise<boolean> {
    if (!this.#all().some((kiosk) => kiosk.id === id)) return false
    await this.#change((records) => records.delete(COLLECTION, id))
    for (const listener of [...this.#onEnd]) listener(id)
    return true
  }

  /** The link with this secret. */
  holder(secret: string): Kiosk | undefined {
    const hash = hashOf(secret)
    const found = this.#all().find((kiosk) => kiosk.hash === hash)
    return found && this.get(found.id)
  }

  get(id: string): Kiosk | undefined {
    return this.list().find((kiosk) => kiosk.id === id)
  }

  /** `listener` is called with the id of each link that is revoked. The returned function takes it away. */
  onEnd(listener: (id: string) => void): () => void {
    this.#onEnd.add(listener)
    return () => this.#onEnd.delete(listener)
  }

  #all(): readonly Entry[] {
    const entries = this.#engine.adapters.records.list(COLLECTION).flatMap(({ key, value }) => {
      const { data } = stored.safeParse(value)
      return data ? [{ id: key, ...data }] : []
    })
    return entries.sort((a, b) => Number(a.id) - Number(b.id))
  }

  async #change(change: (records: RecordStore) => void | Promise<void>): Promise<void> {
    try {
      await change(this.#engine.adapters.records)
    } catch (error) {
      throw new EngineUnavailable(`the store does not take the change: ${textOf(error)}`)
    }
  }
}

const known = new WeakMap<KioskEngine, Kiosks>()

/** The links of an engine. All parts of a program get the same ones. */
export function kiosksOf(engine: KioskEngine): Kiosks {
  const kiosks = known.get(engine) ?? new Kiosks(engine)
  known.set(engine, kiosks)
  return kiosks
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')
