/** Reads a PostgreSQL store, with or without a running owner. */
import type { History, RecordStore } from '../../engine/ports.ts'
import { StoreError } from '../errors.ts'
import { type Address, readAddress } from './address.ts'
import { type Connection, connectTo } from './driver.ts'
import { codeOf, isRefusal, toStoreError } from './errors.ts'
import { PostgresHistory } from './history.ts'
import { listRecords, type Records, readEnds, readRecords, type StoredEnds } from './rows.ts'
import { checkReadable } from './schema.ts'
import { configure, qualifyReader } from './session.ts'

/** Options of `openPostgresHistory`. */
export interface ReaderOptions {
  /** The schema with the tables. Default: `mrdian`. */
  readonly schema?: string | undefined
  /** Milliseconds until a server must have answered. Default: 5000. */
  readonly connectWithin?: number | undefined
}

/** The history of a store as it was at the opening, or at the last `refresh`. */
export interface OpenPostgresHistory extends History {
  readonly records: Pick<RecordStore, 'list'>
  /** Goes on to what the store has now. Connects again if the connection was lost. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** A connection that changes nothing, and what the store has. */
interface Reading {
  readonly connection: Connection
  readonly ends: StoredEnds
  readonly records: Records
}

const SETTINGS = { default_transaction_read_only: 'on', enable_seqscan: 'off', jit: 'off' }

/**
 * Opens a store for reading, on the first server of the url that answers: a standby too. It takes no epoch and changes
 * nothing. Rows after the position at the opening are left out until `refresh`. What the owner deletes meanwhile is gone.
 *
 * @throws InvalidArgument for a url that cannot be used.
 * @throws StoreError `UNREACHABLE`, `DENIED`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`.
 */
export async function openPostgresHistory(url: string, options: ReaderOptions = {}): Promise<OpenPostgresHistory> {
  const address = readAddress(url)
  return new HistoryInPostgres(address, options, await openReading(address, options))
}

class HistoryInPostgres extends PostgresHistory implements OpenPostgresHistory {
  readonly records: Pick<RecordStore, 'list'>
  readonly #address: Address
  readonly #options: ReaderOptions
  #reading: Reading
  #isClosed = false

  constructor(address: Address, options: ReaderOptions, reading: Reading) {
    super({ shown: address.shown, ends: () => this.#open().ends, read: (work) => this.#read(work) })
    this.#address = address
    this.#options = options
    this.#reading = reading
    this.records = { list: (collection) => listRecords(this.#open().records, collection, address.shown) }
  }

  async refresh(): Promise<void> {
    const { connection } = this.#open()
    try {
      this.#reading = { connection, ...(await readAll(connection, this.#address)) }
    } catch (error) {
      if (isRefusal(error) || error instanceof StoreError || codeOf(error) === undefined)
        throw toStoreError(error, this.#address.shown, 'FAILED')
      connection.destroy()
      const reading = await openReading(this.#address, this.#options)
      if (this.#isClosed) reading.connection.destroy()
      this.#reading = reading
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#reading.connection.close()
  }

  #open(): Reading {
    if (this.#isClosed) throw new StoreError('CLOSED', `${this.#address.shown}: the history is closed`)
    return this.#reading
  }

  async #read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await work(this.#open().connection)
    } catch (error) {
      throw toStoreError(error, this.#address.shown, 'FAILED')
    }
  }
}

async function openReading(
  address: Address,
  { schema = 'mrdian', connectWithin = 5000 }: ReaderOptions,
): Promise<Reading> {
  let last: unknown
  for (const host of address.hosts) {
    let connection: Connection | undefined
    try {
      connection = await connectTo(address, host, { within: connectWithin })
      await qualifyReader(connection, address)
      await configure(connection, schema, SETTINGS)
      await checkReadable(connection, address, schema)
      return { connection, ...(await readAll(connection, address)) }
    } catch (error) {
      connection?.destroy()
      last = error
    }
  }
  throw toStoreError(last, address.shown, 'NOT_A_STORE')
}

async function readAll(connection: Connection, address: Address): Promise<Omit<Reading, 'connection'>> {
  return { ends: await readEnds(connection), records: await readRecords(connection, address.shown) }
}
