/** How a server and its data are, for people and as JSON. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { openHistory } from '../store/index.ts'
import { isPostgresUrl } from '../store/postgres/address.ts'
import { type Follower, type PostgresStatus, postgresStatus, type ServerStatus } from '../store/postgres/status.ts'
import { holderOf } from '../store/sqlite/lock.ts'
import { UsageFailure } from './start-failure.ts'
import { look } from './wait.ts'

export interface Status {
  /** For people. */
  readonly lines: readonly string[]
  readonly json: object
  /** What is wrong. Empty: all is well. */
  readonly problems: readonly string[]
}

/** Milliseconds for `/health` to answer. */
const ANSWER_MS = 5000

/**
 * Asks a database, a data file or a server, by its name.
 *
 * @throws StoreError, InvalidArgument, UsageFailure when it cannot be asked.
 */
export async function statusOf(
  data: string,
  token: string | undefined,
  options: { readonly acceptUnreplicated: boolean },
): Promise<Status> {
  if (isPostgresUrl(data)) {
    const status = await postgresStatus(data, options)
    return { lines: linesOfDatabase(status), json: status, problems: status.problems }
  }
  return /^https?:\/\//.test(data) ? statusOfServer(data, token) : statusOfFile(data)
}

async function statusOfServer(url: string, token: string | undefined): Promise<Status> {
  if (!URL.canParse(url)) throw new UsageFailure('an address looks like http://127.0.0.1:8082')
  const seen = await look(url, token, ANSWER_MS)
  if ('problem' in seen) throw new UsageFailure(`${url}: ${seen.problem}`)
  const { health } = seen
  const { status, reason, ...others } = health
  const isStandby = typeof health.standbyOf === 'string'
  const words = Object.entries(others).map(([name, value]) => {
    return `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
  })
  const shown = isStandby ? `${url} is a standby` : `${url} is ${status}`
  const isWell = isStandby || status === 'IN_SERVICE'
  return { lines: [shown, ...words], json: health, problems: isWell ? [] : [reason ?? status] }
}

function statusOfFile(file: string): Status {
  const history = openHistory(file)
  try {
    const { storeId, lastPosition } = history
    const path = realpathSync(file)
    const log = `${path}-wal`
    const bytes = statSync(path).size + (existsSync(log) ? statSync(log).size : 0)
    const pid = holderOf(path)
    const owner = pid ? `process ${pid}` : pid === null ? 'nobody' : 'not known on this system'
    const json = { file, owner: pid ?? null, lastPosition, history: storeId, bytes }
    const lines = [file, `  owner: ${owner}`, `  last input: ${lastPosition}, ${megabytes(bytes)} with its log`]
    return { lines, json, problems: pid === null ? [`no server runs on ${file}`] : [] }
  } finally {
    history.close()
  }
}

function linesOfDatabase({ database, servers, store }: PostgresStatus): readonly string[] {
  return [database, ...servers.flatMap(linesOfServer), ...linesOfStore(store)]
}

function linesOfServer({ server, role, version, primary, standby, problem }: ServerStatus): readonly string[] {
  if (problem !== undefined) return [`  ${server}: ${role}`]
  const kind = `  ${server}: ${role}, PostgreSQL ${version}`
  if (standby !== undefined) {
    const link = standby.isConnected ? 'follows' : 'follows nobody'
    return [`${kind}, ${link}, ${standby.bytesNotApplied} bytes received and not yet applied`]
  }
  if (primary === undefined) return [kind]
  const { synchronousCommit, synchronousStandbyNames, followers, waitsMs } = primary
  const waits = waitsMs > 0 ? [`    a change has waited ${waitsMs} ms for a standby`] : []
  return [
    `${kind}, synchronous_commit ${synchronousCommit}, synchronous_standby_names ${synchronousStandbyNames || 'empty'}`,
    ...followers.map(lineOfFollower),
    ...waits,
  ]
}

function lineOfFollower({ name, address, state, sync, bytesBehind, msBehind }: Follower): string {
  if (state === null) return '    a server follows; to see more: GRANT pg_read_all_stats TO the user of the store'
  const late = msBehind === null ? '' : `, ${msBehind.toFixed(1)} ms`
  return `    ${name ?? ''}${address === null ? '' : ` (${address})`}: ${sync}, ${state}, ${bytesBehind} bytes behind${late}`
}

function linesOfStore(store: PostgresStatus['store']): readonly string[] {
  if (store === null) return []
  const { schema, schemaVersion, epoch, lastPosition, bytes, owner, leaseLeftMs, standbys } = store
  const at = owner?.address ? ` at ${owner.address}` : ''
  return [
    `  owner: ${owner ? `${owner.process}${at}, for ${leaseLeftMs} ms more if it does not renew its lease` : 'nobody'}`,
    ...(standbys.length === 0 ? ['  standbys: none is connected'] : standbys.map((each) => `  standby: ${each}`)),
    `  store: schema ${schema} of version ${schemaVersion}, epoch ${epoch}, last input ${lastPosition}, ${megabytes(bytes)}`,
  ]
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
