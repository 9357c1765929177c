/** Records of erasures in the store. They show who requested them, and an erasure that was begun can be finished. */
import { isList, isObject, type JsonObject } from '../json.ts'
import type { Json, RecordStore } from '../ports.ts'
import type { ErasureEntry } from './api.ts'
import type { Subjects } from './erase.ts'

const COLLECTION = 'erasure'
const WATERMARKS = 'erasure-watermark'
const CUSTOMER_DATA = 'customer-data'

/** Key of the erasure by retention. There is only one at a time, and its record is deleted when it is done. */
const EXPIRY = 'expiry'

/** The number of ids that the record of a finished erasure keeps. */
const IDS_KEPT = 1000

/** An erasure that has to be carried out. */
export interface Begun extends Subjects {
  readonly key: string
  readonly at: number
  readonly by: string
  readonly contacts: number
  /** Time of the first row of the contacts, in ms, 0 if it is not known; `null` if it erases no contacts. */
  readonly since: number | null
  /** For an erasure by retention: the watermark when it is done. `null` for an erasure that was requested. */
  readonly watermark: number | null
}

export type Plan = Omit<Begun, 'key'>

export class ErasureRecords {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** Erasures that were requested, oldest first. */
  list(): readonly ErasureEntry[] {
    return this.#all().flatMap(({ key, value }) => (key === EXPIRY ? [] : (entryOf(key, value) ?? [])))
  }

  /** Erasures that are not done. */
  begun(): readonly Begun[] {
    return this.#all().flatMap(({ key, value }) =>
      isObject(value) && value.state === 'begun' ? begunOf(key, value) : [],
    )
  }

  /** The methods that change something resolve when the change is durable, and reject with the errors of the store. */
  async begin(plan: Plan): Promise<Begun> {
    const { at, by, contacts, ids, agents, since, watermark } = plan
    const key = watermark === null ? this.#nextKey() : EXPIRY
    const value = { state: 'begun', at, by, contacts, rows: 0, ids: [...ids], agents: [...agents], since, watermark }
    await this.#records.put(COLLECTION, key, value)
    return { ...plan, key }
  }

  /** `rows`: the number of changed rows. */
  async done({ key, at, by, contacts, ids, watermark }: Begun, rows: number): Promise<ErasureEntry> {
    const entry: ErasureEntry = { id: key, at, by, state: 'done', ...keptOf([...ids]), contacts, rows }
    if (watermark === null) {
      const { id: _, ...value } = entry
      await this.#records.put(COLLECTION, key, value)
    } else {
      await this.moveWatermark(watermark)
      await this.#records.delete(COLLECTION, key)
    }
    return entry
  }

  /** Rows up to this position contain no data whose retention is over. */
  get watermark(): number {
    const found = this.#records.list(WATERMARKS).find(({ key }) => key === CUSTOMER_DATA)
    return isObject(found?.value) ? Number(found.value.position ?? 0) : 0
  }

  async moveWatermark(position: number): Promise<void> {
    await this.#records.put(WATERMARKS, CUSTOMER_DATA, { position })
  }

  #all() {
    return this.#records.list(COLLECTION)
  }

  /** Keys are numbers with leading zeros, so they sort in the order of the requests. */
  #nextKey(): string {
    const last = this.#all().findLast(({ key }) => key !== EXPIRY)?.key ?? '0'
    return String(Number(last) + 1).padStart(8, '0')
  }
}

/** The ids that are kept, and of how many that is not so. `before`: how many were left out already. */
function keptOf(ids: readonly string[], before = 0): Pick<ErasureEntry, 'ids' | 'idsLeftOut'> {
  const leftOut = before + Math.max(0, ids.length - IDS_KEPT)
  return { ids: ids.slice(0, IDS_KEPT), ...(leftOut === 0 ? {} : { idsLeftOut: leftOut }) }
}

const texts = (value: Json | undefined): readonly string[] => (isList(value) ? value.map(String) : [])

function entryOf(key: string, value: Json): ErasureEntry | undefined {
  if (!isObject(value)) return undefined
  const { at, by, state, contacts, rows } = value
  return {
    id: key,
    at: Number(at),
    by: String(by),
    state: state === 'done' ? 'done' : 'begun',
    ...keptOf(texts(value.ids), Number(value.idsLeftOut ?? 0)),
    contacts: Number(contacts),
    rows: Number(rows),
  }
}

function begunOf(key: string, value: JsonObject): Begun {
  const { at, by, contacts, ids, agents, since = 0, watermark } = value
  return {
    key,
    at: Number(at),
    by: String(by),
    contacts: Number(contacts),
    ids: new Set(texts(ids)),
    agents: new Set(texts(agents)),
    since: typeof since === 'number' ? since : null,
    watermark: typeof watermark === 'number' ? watermark : null,
  }
}
