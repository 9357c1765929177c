/**
 * A session with one server: three connections. One takes the changes, in their order. One is for reads, so that they do
 * not wait for a change that is being replicated. One is for the lease, so that it waits for nothing.
 */
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import type { Address, Host } from './address.ts'
import { type Connection, connectTo } from './driver.ts'
import { toStoreError } from './errors.ts'
import { PROCESS_PREFIX, thisProcess } from './holder.ts'
import type { Given } from './options.ts'

export interface Session {
  readonly host: Host
  readonly changes: Connection
  readonly reads: Connection
  readonly pulse: Connection
  /**
   * The server has said that it confirms a change although no standby has it, because the wait was cancelled. What it
   * confirms from then on may be lost with this machine.
   */
  readonly isInDoubt: boolean
  /** Resolves when one of the connections has ended. */
  readonly ended: Promise<void>
  destroy(): void
  close(): Promise<void>
}

const OLDEST = 150_000
/** Milliseconds until a server must have answered. */
const WITHIN = 3000

/** The part of the server that warns when it no longer waits for a standby. Its name is the same in all languages. */
const GAVE_UP_WAITING = 'SyncRepWaitForLSN'

/** Settings of a connection on the server, by name. */
type Settings = Readonly<Record<string, string>>

/**
 * The machine of a client may be lost without an end of its connections. The server ends them after some five seconds of
 * silence, which is before the next owner gives up waiting for their locks (`lock_timeout`). By default it would take hours.
 */
const SILENCE: Settings = {
  tcp_keepalives_idle: '2',
  tcp_keepalives_interval: '1',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '5s',
}

/**
 * Times are limited by the store, not by the server. Without scans, because a plan that was made for an empty table would
 * stay when the table is large.
 */
const SETTINGS: Settings = {
  ...SILENCE,
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  lock_timeout: '8s',
  client_connection_check_interval: '2s',
  enable_seqscan: 'off',
  // The cost that stands for a missing scan would have each plan compiled, which takes longer than all the rest.
  jit: 'off',
}

/** The lease and reads need no standby. */
const READS: Settings = { ...SETTINGS, synchronous_commit: 'off' }

/**
 * Connects to the first server that takes changes, beginning with number `from`.
 *
 * @throws StoreError with the reason of the last server that was asked
 */
export function openSession(address: Address, options: Given, from = 0): Promise<Session> {
  return onFirst(address, from, (host) => openOn(address, host, options))
}

/**
 * One connection to the first server that takes changes. `onDoubt`: see `Session.isInDoubt`.
 *
 * @throws StoreError with the reason of the last server that was asked
 */
export function openConnection(address: Address, options: Given, onDoubt: () => void): Promise<Connection> {
  const onWarning = (routine: string) => {
    if (routine === GAVE_UP_WAITING) onDoubt()
  }
  return onFirst(address, 0, async (host) => {
    const connection = await connectTo(address, host, { within: WITHIN, onWarning })
    try {
      await qualify(connection, address, options)
      await configure(connection, options.schema)
      return connection
    } catch (error) {
      connection.destroy()
      throw error
    }
  })
}

async function onFirst<T>({ hosts, shown }: Address, from: number, open: (host: Host) => Promise<T>): Promise<T> {
  const order = hosts.map((_, index) => hosts[(index + from) % hosts.length] ?? hosts[0])
  let last: unknown = new StoreError('UNREACHABLE', `${shown}: no server`)
  for (const host of order) {
    if (host === undefined) continue
    try {
      return await open(host)
    } catch (error) {
      // What one server refuses, such as a password, is more telling than that another one is away.
      const next = toStoreError(error, shown, 'FAILED')
      if (!(last instanceof StoreError) || last.code === 'UNREACHABLE') last = next
    }
  }
  throw last
}

async function openOn(address: Address, host: Host, options: Given): Promise<Session> {
  const state = { isInDoubt: false }
  const onWarning = (routine: string) => {
    if (routine === GAVE_UP_WAITING) state.isInDoubt = true
  }
  const made: Connection[] = []
  const connect = async (settings: Settings) => {
    const connection = await connectTo(address, host, { within: WITHIN, onWarning })
    made.push(connection)
    if (made.length === 1) await qualify(connection, address, options)
    await configure(connection, options.schema, { ...settings, application_name: PROCESS_PREFIX + thisProcess() })
    return connection
  }
  try {
    const changes = await connect(SETTINGS)
    const reads = await connect(READS)
    const pulse = await connect(READS)
    return {
      ...{ host, changes, reads, pulse },
      get isInDoubt() {
        return state.isInDoubt
      },
      ended: Promise.race(made.map(({ ended }) => ended)),
      destroy: () => {
        for (const each of made) each.destroy()
      },
      close: async () => {
        await Promise.all(made.map((each) => each.close()))
      },
    }
  } catch (error) {
    for (const each of made) each.destroy()
    throw error
  }
}

/** Sets the settings, and the schema in which names are looked up. */
export async function configure(connection: Connection, schema: string, settings: Settings = SETTINGS): Promise<void> {
  const all = Object.entries({ ...settings, search_path: `"${schema}"` })
  const sets = all.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`)
  await connection.query(`SELECT ${sets.join(', ')}`, all.flat())
}

const serverRow = z.object({
  version: z.number(),
  encoding: z.string(),
  isStandby: z.boolean(),
  isReadOnly: z.boolean(),
  commit: z.string(),
  standbys: z.string(),
})

/** What a server says about itself. */
export type ServerFacts = z.output<typeof serverRow>

const SELECT_SERVER = `
  SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding,
    pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only') = 'on' AS "isReadOnly",
    current_setting('synchronous_commit') AS commit, current_setting('synchronous_standby_names') AS standbys`

/** Whether this server can be used at all. */
export async function qualifyReader(connection: Connection, { shown }: Address): Promise<ServerFacts> {
  const server = serverRow.parse((await connection.query(SELECT_SERVER))[0])
  if (server.version < OLDEST) {
    const message = `${shown}: the server is PostgreSQL ${Math.floor(server.version / 10_000)}; version 15 or later is needed`
    throw new StoreError('NOT_A_STORE', message)
  }
  if (server.encoding !== 'UTF8') {
    const message = `${shown}: the database has the encoding ${server.encoding}; create one with ENCODING 'UTF8'`
    throw new StoreError('NOT_A_STORE', message)
  }
  return server
}

async function qualify(connection: Connection, address: Address, { acceptUnreplicated }: Given): Promise<void> {
  const { shown } = address
  const server = await qualifyReader(connection, address)
  if (server.isStandby || server.isReadOnly) {
    const message = `${shown}: the server is a standby, which takes no changes; name the primary in the url too`
    throw new StoreError('UNREACHABLE', message)
  }
  if (acceptUnreplicated) return
  if (server.commit === 'off' || server.commit === 'local')
    throw unreplicated(shown, `synchronous_commit is ${server.commit}`)
  if (server.standbys.trim() === '') throw unreplicated(shown, 'synchronous_standby_names is empty')
}

function unreplicated(shown: string, why: string): StoreError {
  const message = `${shown}: the server confirms a change before a second machine has it, because ${why}; set up synchronous replication, or accept the risk`
  return new StoreError('UNREPLICATED', message)
}
