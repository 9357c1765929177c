/** What is remembered of erasures, in the records of the store: so that one that was begun is finished, and who asked. */
import { isList, isObject, type JsonObject } from '../json.ts'
import type { Json, RecordStore } from '../ports.ts'
import type { ErasureEntry } from './api.ts'
import type { Subjects } from './erase.ts'

const COLLECTION = 'erasure'
const WATERMARKS = 'erasure-watermark'
const CUSTOMER_DATA = 'customer-data'

/** The erasure of what was kept long enough; there is one at a time, and it leaves no record. */
const EXPIRY = 'expiry'

/** So many ids of an erasure are remembered when it is done. */
const IDS_KEPT = 1000

/** An erasure that has to be carried out. */
export interface Begun extends Subjects {
  readonly key: string
  readonly at: number
  readonly by: string
  readonly contacts: number
  /** Position up to which nothing is left when an expiry is done; `null` for what was asked for. */
  readonly watermark: number | null
}

export type Plan = Omit<Begun, 'key'>

export class ErasureRecords {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** Erasures that somebody asked for, oldest first. */
  list(): readonly ErasureEntry[] {
    return this.#all().flatMap(({ key, value }) => (key === EXPIRY ? [] : (entryOf(key, value) ?? [])))
  }

  /** Those that are not done. */
  begun(): readonly Begun[] {
    return this.#all().flatMap(({ key, value }) =>
      isObject(value) && value.state === 'begun' ? begunOf(key, value) : [],
    )
  }

  begin(plan: Plan): Begun {
    const { at, by, contacts, ids, agents, watermark } = plan
    const key = watermark === null ? this.#nextKey() : EXPIRY
    const value = { state: 'begun', at, by, contacts, rows: 0, ids: [...ids], agents: [...agents], watermark }
    this.#records.put(COLLECTION, key, value)
    return { ...plan, key }
  }

  /** `rows`: how many were changed. */
  done({ key, at, by, contacts, ids, watermark }: Begun, rows: number): ErasureEntry {
    const entry: ErasureEntry = { id: key, at, by, state: 'done', ids: [...ids].slice(0, IDS_KEPT), contacts, rows }
    if (watermark === null) {
      const { id: _, ...value } = entry
      this.#records.put(COLLECTION, key, value)
    } else {
      this.watermark = watermark
      this.#records.delete(COLLECTION, key)
    }
    return entry
  }

  /** Rows up to this position hold nothing that was kept long enough. */
  get watermark(): number {
    const found = this.#records.list(WATERMARKS).find(({ key }) => key === CUSTOMER_DATA)
    return isObject(found?.value) ? Number(found.value.position ?? 0) : 0
  }

  set watermark(position: number) {
    this.#records.put(WATERMARKS, CUSTOMER_DATA, { position })
  }

  #all() {
    return this.#records.list(COLLECTION)
  }

  /** Keys are in the order in which they were given. */
  #nextKey(): string {
    const last = this.#all().findLast(({ key }) => key !== EXPIRY)?.key ?? '0'
    return String(Number(last) + 1).padStart(8, '0')
  }
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
    ids: texts(value.ids).slice(0, IDS_KEPT),
    contacts: Number(contacts),
    rows: Number(rows),
  }
}

function begunOf(key: string, value: JsonObject): Begun {
  const { at, by, contacts, ids, agents, watermark } = value
  return {
    key,
    at: Number(at),
    by: String(by),
    contacts: Number(contacts),
    ids: new Set(texts(ids)),
    agents: new Set(texts(agents)),
    watermark: typeof watermark === 'number' ? watermark : null,
  }
}
