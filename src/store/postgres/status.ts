/** How a store in PostgreSQL is: its servers, who confirms changes, and who owns it. Changes nothing. */
import { z } from 'zod'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import { type Address, type Host, readAddress } from './address.ts'
import { type Connection, connectTo } from './driver.ts'
import { toStoreError } from './errors.ts'
import { PROCESS_PREFIX } from './holder.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { configure, qualifyReader, type ServerFacts } from './session.ts'

const followerRow = z.object({
  name: z.string().nullable(),
  address: z.string().nullable(),
  /** `null`: this user may not see it. */
  state: z.string().nullable(),
  sync: z.string().nullable(),
  bytesBehind: z.number().nullable(),
  msBehind: z.number().nullable(),
})

/** A server that follows the primary, as the primary tells it (`pg_stat_replication`). */
export type Follower = z.output<typeof followerRow>

/** One server of the url. */
export interface ServerStatus {
  readonly server: string
  readonly role: 'primary' | 'standby' | 'away'
  /** Why it cannot be asked. */
  readonly problem?: string
  /** Its major version. */
  readonly version?: number
  readonly primary?: PrimaryStatus
  /** Of a standby: bytes that it has received and not yet applied, and whether it is connected to a primary. */
  readonly standby?: z.output<typeof standbyRow>
}

export interface PrimaryStatus {
  readonly synchronousCommit: string
  readonly synchronousStandbyNames: string
  readonly followers: readonly Follower[]
  /** Milliseconds for which the oldest change has waited for a standby; 0: none waits. */
  readonly waitsMs: number
}

const standbyRow = z.object({ isConnected: z.boolean(), bytesNotApplied: z.number() })

const storeRow = z.object({
  schemaVersion: z.number(),
  history: z.string(),
  epoch: z.number(),
  lastPosition: z.number(),
  holder: z.string(),
  address: z.string(),
  leaseLeftMs: z.number(),
  bytes: z.number(),
})

export interface StoreStatus extends Omit<z.output<typeof storeRow>, 'holder' | 'address'> {
  readonly schema: string
  /** `null`: nobody has the lease. */
  readonly owner: { readonly process: string; readonly address: string | null } | null
  /** Other servers of mrdian that are connected: they wait as standbys. */
  readonly standbys: readonly string[]
}

export interface PostgresStatus {
  readonly database: string
  readonly servers: readonly ServerStatus[]
  /** As the primary has it, or a standby if there is no primary. `null`: there is none. */
  readonly store: StoreStatus | null
  /** What is not as it should be, one sentence each. */
  readonly problems: readonly string[]
}

export interface StatusOptions {
  /** The schema with the tables. Default: `mrdian`. */
  readonly schema?: string | undefined
  /** It is no problem that changes are confirmed before a second machine has them. */
  readonly acceptUnreplicated?: boolean | undefined
}

/** Milliseconds until a server must have answered. */
const WITHIN = 3000
/** A change that waits longer for a standby is a problem. It is less than the time after which a command is refused. */
const WAITS_MS = 2000

const SELECT_FOLLOWERS = `
  SELECT application_name AS name, host(client_addr) AS address, state, sync_state AS sync,
    (pg_current_wal_lsn() - flush_lsn)::float8 AS "bytesBehind", extract(epoch FROM flush_lag)::float8 * 1000 AS "msBehind"
  FROM pg_stat_replication ORDER BY application_name, pid`

/** Those who wait are of the user of the store, so that this user may see them. */
const SELECT_WAITS = `
  SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::float8 * 1000 AS ms
  FROM pg_stat_activity WHERE wait_event = 'SyncRep'`

const SELECT_STANDBY = `
  SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) AS "isConnected",
    greatest(0, pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn())::float8 AS "bytesNotApplied"`

const SELECT_IS_THERE = `SELECT to_regclass('store') IS NOT NULL AS "isThere"`

/** A lease of an older version has no address. */
const SELECT_STORE = `
  SELECT version AS "schemaVersion", history, epoch, last_position AS "lastPosition", holder,
    coalesce(to_jsonb(lease) ->> 'address', '') AS address,
    greatest(0, extract(epoch FROM expires_at - clock_timestamp())::float8 * 1000) AS "leaseLeftMs",
    (SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint FROM pg_class
      WHERE relnamespace = $1::regnamespace AND relkind = 'r') AS bytes
  FROM store CROSS JOIN lease`

const SELECT_PROCESSES = `
  SELECT DISTINCT substr(application_name, length($1) + 1) AS name FROM pg_stat_activity
  WHERE starts_with(application_name, $1) ORDER BY 1`

/** What one server says. */
interface Asked {
  readonly status: ServerStatus
  readonly store: StoreStatus | null
}

/**
 * Asks every server of the url.
 *
 * @throws InvalidArgument for a url that cannot be used.
 * @throws StoreError when no server can be asked, with the reason of the last one.
 */
export async function postgresStatus(url: string, options: StatusOptions = {}): Promise<PostgresStatus> {
  const { schema = 'mrdian', acceptUnreplicated = false } = options
  const address = readAddress(url)
  const refusals: StoreError[] = []
  const asked = await Promise.all(
    address.hosts.map(async (host): Promise<Asked> => {
      try {
        return await askServer(address, host, schema)
      } catch (error) {
        const refusal = toStoreError(error, address.shown, 'FAILED')
        refusals.push(refusal)
        const problem = refusal.message.replace(`${address.shown}: `, '')
        return { status: { server: shownHost(host), role: 'away', problem }, store: null }
      }
    }),
  )
  const [refusal] = refusals.toSorted((one) => (one.code === 'UNREACHABLE' ? 1 : -1))
  if (refusal !== undefined && refusals.length === asked.length) throw refusal
  const servers = asked.map(({ status }) => status)
  const best = asked.find(({ status }) => status.role === 'primary') ?? asked.find(({ store }) => store !== null)
  const store = best?.store ?? null
  const primaries = servers.flatMap(({ primary }) => (primary === undefined ? [] : [primary]))
  const confirming = acceptUnreplicated ? [] : primaries.flatMap(confirmationProblems)
  return {
    database: address.shown,
    servers,
    store,
    problems: [...problemsOf(servers), ...confirming, ...storeProblems(store)],
  }
}

async function askServer(address: Address, host: Host, schema: string): Promise<Asked> {
  const connection = await connectTo(address, host, { within: WITHIN })
  try {
    let asked: Asked | undefined
    const asking = ask(connection, address, host, schema).then((answer) => {
      asked = answer
    })
    asking.catch(() => undefined)
    await within(WITHIN, asking)
    if (asked === undefined) throw new StoreError('UNREACHABLE', `${address.shown}: the server does not answer`)
    return asked
  } finally {
    connection.destroy()
  }
}

async function ask(connection: Connection, address: Address, host: Host, schema: string): Promise<Asked> {
  const facts = await qualifyReader(connection, address)
  await configure(connection, schema, { default_transaction_read_only: 'on' })
  const status = {
    server: shownHost(host),
    role: facts.isStandby ? ('standby' as const) : ('primary' as const),
    version: Math.floor(facts.version / 10_000),
    ...(facts.isStandby
      ? { standby: standbyRow.parse((await connection.query(SELECT_STANDBY))[0]) }
      : { primary: await primaryStatus(connection, facts) }),
  }
  return { status, store: await storeStatus(connection, schema) }
}

async function primaryStatus(connection: Connection, { commit, standbys }: ServerFacts): Promise<PrimaryStatus> {
  const followers = z.array(followerRow).parse(await connection.query(SELECT_FOLLOWERS))
  const [waits] = z.array(z.object({ ms: z.number() })).parse(await connection.query(SELECT_WAITS))
  const waitsMs = Math.round(waits?.ms ?? 0)
  return { synchronousCommit: commit, synchronousStandbyNames: standbys, followers, waitsMs }
}

async function storeStatus(connection: Connection, schema: string): Promise<StoreStatus | null> {
  const { isThere } = z.object({ isThere: z.boolean() }).parse((await connection.query(SELECT_IS_THERE))[0])
  if (!isThere) return null
  const row = storeRow.parse((await connection.query(SELECT_STORE, [schema]))[0])
  const { holder, address, ...store } = row
  const processes = await connection.query(SELECT_PROCESSES, [PROCESS_PREFIX])
  const names = processes.map(({ name }) => String(name))
  const owner = store.leaseLeftMs > 0 ? { process: holder, address: address === '' ? null : address } : null
  // The name of a connection is cut off.
  const standbys = names.filter((name) => owner === null || !owner.process.startsWith(name))
  return { schema, ...store, leaseLeftMs: Math.round(store.leaseLeftMs), owner, standbys }
}

const DEFAULT_PORT = 5432
const shownHost = ({ host, port }: Host): string => (port === DEFAULT_PORT ? host : `${host}:${port}`)

function problemsOf(servers: readonly ServerStatus[]): readonly string[] {
  const primaries = servers.filter(({ role }) => role === 'primary')
  const named = primaries.map(({ server }) => server).join(' and ')
  return [
    ...(primaries.length === 0 ? ['no server takes changes: there is no primary'] : []),
    ...(primaries.length > 1 ? [`${named} both take changes: fence one of them at once`] : []),
    ...servers.flatMap(({ server, problem }) => (problem === undefined ? [] : [`${server}: ${problem}`])),
    ...servers.flatMap(({ server, standby }) =>
      standby === undefined || standby.isConnected ? [] : [`${server} is a standby without a primary`],
    ),
  ]
}

const COUNT = /^\s*(?:any\s+|first\s+)?(\d+)\s*\(/i

/** Whether as many servers confirm as the primary waits for. */
function confirmationProblems(primary: PrimaryStatus): readonly string[] {
  const { synchronousCommit, synchronousStandbyNames, followers, waitsMs } = primary
  if (synchronousCommit === 'off' || synchronousCommit === 'local')
    return [`changes are confirmed before a second machine has them: synchronous_commit is ${synchronousCommit}`]
  if (synchronousStandbyNames.trim() === '')
    return ['changes are confirmed before a second machine has them: synchronous_standby_names is empty']
  const waits = waitsMs > WAITS_MS ? [`a change has waited ${Math.round(waitsMs / 1000)} s for a standby`] : []
  const areHidden = followers.some(({ state }) => state === null)
  if (areHidden) return waits
  const wanted = Number(COUNT.exec(synchronousStandbyNames)?.[1] ?? 1)
  const confirming = followers.filter(isConfirming).length
  if (confirming >= wanted) return waits
  const seen = confirming === 0 ? 'nobody confirms changes' : `only ${confirming} of ${wanted} servers confirm changes`
  return [`${seen} (synchronous_standby_names is ${synchronousStandbyNames}): commands wait`, ...waits]
}

/** Whether the primary waits for this server, and it follows. */
export const isConfirming = ({ state, sync }: Follower): boolean =>
  state === 'streaming' && (sync === 'sync' || sync === 'quorum')

function storeProblems(store: StoreStatus | null): readonly string[] {
  if (store === null) return ['there is no store in the database: no server has started on it']
  const { schemaVersion, owner } = store
  return [
    ...(owner === null ? ['no server owns the store: none runs, or it does not reach the database'] : []),
    ...(schemaVersion > SCHEMA_VERSION
      ? [`the store has schema version ${schemaVersion}, which is newer than ${SCHEMA_VERSION} of this program`]
      : []),
  ]
}
