/**
 * PostgreSQL servers of a test file: a primary, and two standbys that follow it synchronously. They run on free ports of
 * the loopback interface, in a temporary directory.
 *
 * A server ends with the process that started it, however that ends: `setpriv` asks the kernel for that. As root the
 * servers run as the user that Debian's package has made, because PostgreSQL refuses root.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe } from 'vitest'
import { freePorts } from '../suite/free-ports.ts'

const run = promisify(execFile)

const OLDEST = 15
const versionOf = (program: string): number => Number(program.split('/')[4])
/** The newest server of Debian's packages. */
const SERVER = globSync('/usr/lib/postgresql/*/bin/postgres')
  .filter((program) => versionOf(program) >= OLDEST)
  .toSorted((a, b) => versionOf(b) - versionOf(a))[0]

/** Longest time for a server to start or to end, in ms. Other tests may run at the same time. */
const PATIENCE = 60_000

/** The password of the role that stores sign in with. The superuser `postgres` needs none. */
export const PASSWORD = 'pw of the store/:@'

/** A suite that needs PostgreSQL. Without it, it is skipped with a reason. Where `CI` is set, it fails instead. */
export function describeWithPostgres(name: string, tests: () => void): void {
  const isMissing = SERVER === undefined && !process.env.CI
  describe.skipIf(isMissing)(
    isMissing ? `${name} (needs PostgreSQL 15 or later: apt-get install postgresql)` : name,
    tests,
  )
}

/** One server. */
export interface Node {
  readonly name: string
  readonly port: number
  readonly folder: string
  start(): Promise<void>
  /** `SIGKILL`: as when its machine loses power, but for what the system has not yet written to the disk. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>
  /** Suspends all its processes until `resume`. */
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Makes a standby the primary. Resolves when it can be written. */
  promote(): Promise<void>
  /** Begins anew, as a standby of this primary. It must not run. */
  rejoin(primary: Node): Promise<void>
  /** Runs one SQL statement as superuser. Returns its rows, one per line, columns separated by `|`. */
  sql(statement: string, database?: string): Promise<string>
  log(): string
}

export interface Cluster {
  readonly primary: Node
  readonly standbys: readonly Node[]
  readonly nodes: readonly Node[]
  /** Makes that standby the primary which has received most; by default of those that began as standbys. Resolves with it. */
  promoteNewest(among?: readonly Node[]): Promise<Node>
  /** Address for a store: all servers, or those given. */
  url(...nodes: readonly { readonly port: number }[]): string
  close(): Promise<void>
}

/** The servers of a test file: started before its tests, and stopped after them. Without standbys nothing is replicated or synced. */
export function clusterOfFile(standbys: 0 | 2): () => Cluster {
  let cluster: Cluster | undefined
  beforeAll(async () => {
    if (SERVER === undefined && !process.env.CI) return
    cluster = await startCluster(standbys)
  })
  afterAll(async () => cluster?.close())
  return () => {
    if (cluster === undefined) throw new Error('PostgreSQL does not run')
    return cluster
  }
}

export async function startCluster(standbys: 0 | 2): Promise<Cluster> {
  const { folder, owner } = await homeOf()
  const ports = await freePorts(standbys + 1)
  const names = ['p', 's1', 's2'].slice(0, ports.length)
  const nodes = ports.map((port, index) => new Server(names[index] ?? '', port, join(folder, `${port}`), owner))
  const [primary, ...followers] = nodes
  if (primary === undefined) throw new Error('no primary')
  const close = async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await primary.create(standbys > 0)
    await primary.start()
    await primary.sql(`CREATE ROLE mrdian LOGIN PASSWORD '${PASSWORD}'`)
    await primary.sql('CREATE DATABASE mrdian OWNER mrdian')
    await Promise.all(followers.map((node) => node.follow(nodes)))
    primary.knows(nodes)
    await Promise.all(followers.map((node) => node.start()))
    // Only now: without standbys every commit would wait.
    if (standbys > 0) await replicateFrom(primary)
  } catch (error) {
    await close()
    throw error
  }
  const url = (...of: readonly { readonly port: number }[]) => {
    const hosts = (of.length > 0 ? of : nodes).map(({ port }) => `127.0.0.1:${port}`).join(',')
    return `postgres://mrdian:${encodeURIComponent(PASSWORD)}@${hosts}/mrdian`
  }
  const promoteNewest = async (among: readonly Node[] = followers) => {
    const received = await Promise.all(
      among.map(async (node) => {
        const lsn = await node.sql("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn")
        return { node, lsn: BigInt(lsn) }
      }),
    )
    const [newest] = received.toSorted((a, b) => (b.lsn > a.lsn ? 1 : -1))
    if (newest === undefined) throw new Error('no standby')
    await newest.node.promote()
    return newest.node
  }
  return { primary, standbys: followers, nodes, url, close, promoteNewest }
}

/** One of the others has a commit before it is confirmed. */
const STANDBYS = 'ANY 1 (p, s1, s2)'

async function replicateFrom(primary: Node): Promise<void> {
  await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${STANDBYS}'`)
  await primary.sql('SELECT pg_reload_conf()')
  while ((await primary.sql('SHOW synchronous_standby_names')) !== STANDBYS) await pause(10)
}

/** Who runs the servers; `undefined`: the user of the tests. */
type Owner = { readonly uid: number; readonly gid: number } | undefined

async function homeOf(): Promise<{ folder: string; owner: Owner }> {
  const folder = mkdtempSync(join(tmpdir(), 'mrdian-postgres-'))
  if (process.getuid?.() !== 0) return { folder, owner: undefined }
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  const owner = { uid: await idOf('-u'), gid: await idOf('-g') }
  chownSync(folder, owner.uid, owner.gid)
  return { folder, owner }
}

/** Small and quick. Files are synced, as in production, where tests kill a server. */
const settings = (port: number, isSynced: boolean) => `
fsync = ${isSynced ? 'on' : 'off'}
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
shared_buffers = 16MB
max_connections = 60
wal_keep_size = 128MB
wal_retrieve_retry_interval = 100ms
wal_receiver_status_interval = 1s
restart_after_crash = off
autovacuum = off
log_min_messages = warning
`

const ACCESS = `
host all postgres 127.0.0.1/32 trust
host replication postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`

class Server implements Node {
  readonly name: string
  readonly port: number
  readonly folder: string
  readonly #owner: Owner
  #child: ChildProcess | undefined
  #peers: readonly Node[] = []

  constructor(name: string, port: number, folder: string, owner: Owner) {
    this.name = name
    this.port = port
    this.folder = folder
    this.#owner = owner
  }

  /** Makes the files of a new primary. */
  async create(isSynced: boolean): Promise<void> {
    const args = [
      '--no-sync',
      '--wal-segsize=1',
      '--auth=trust',
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
    ]
    await this.#tool('initdb', '-D', this.folder, ...args)
    writeFileSync(join(this.folder, 'pg_hba.conf'), ACCESS)
    writeFileSync(join(this.folder, 'postgresql.conf'), settings(this.port, isSynced))
  }

  /** Makes the files of a standby. It follows whichever of the other nodes is the primary, now the first one. */
  async follow(nodes: readonly Node[]): Promise<void> {
    this.#peers = nodes
    const others = nodes.filter((node) => node.port !== this.port)
    const source = `host=127.0.0.1 port=${nodes[0]?.port} user=postgres`
    await this.#tool('pg_basebackup', '--no-sync', '--checkpoint=fast', '-D', this.folder, '-d', source)
    const hosts = others.map(() => '127.0.0.1').join(',')
    const from = `host=${hosts} port=${others.map(({ port }) => port).join(',')} user=postgres`
    const followed = `primary_conninfo = '${from} application_name=${this.name} target_session_attrs=read-write connect_timeout=2'\n`
    const names = `synchronous_standby_names = '${STANDBYS}'\n`
    writeFileSync(join(this.folder, 'postgresql.conf'), settings(this.port, true) + followed + names)
    writeFileSync(join(this.folder, 'standby.signal'), '')
  }

  /** The nodes among which this one looks for a primary when it is a standby later. */
  knows(nodes: readonly Node[]): void {
    this.#peers = nodes
  }

  async rejoin(primary: Node): Promise<void> {
    rmSync(this.folder, { recursive: true })
    const names = [this.name, primary.name]
    const others = this.#peers.filter(({ name }) => !names.includes(name))
    await this.follow([primary, ...others])
    await this.start()
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return
    const { command, args } = this.#asOwner(this.#program('postgres'), '-D', this.folder)
    const log = join(this.folder, 'server.log')
    const child = spawn('sh', ['-c', 'exec "$@" 2>>"$0"', log, command, ...args], { stdio: 'ignore' })
    this.#child = child
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    const end = performance.now() + PATIENCE
    while (!(await this.#isReady())) {
      if (this.#child === undefined || performance.now() > end)
        throw new Error(`PostgreSQL did not start: ${this.log()}`)
      await pause(20)
    }
  }

  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const exited = once(child, 'exit')
    // The processes of a killed server live on until they notice.
    if (signal === 'SIGKILL') await this.#signalAll('SIGKILL')
    else child.kill(signal)
    await exited
  }

  async suspend(): Promise<void> {
    await this.#signalAll('SIGSTOP')
  }

  async resume(): Promise<void> {
    await this.#signalAll('SIGCONT')
  }

  async promote(): Promise<void> {
    await this.sql('SELECT pg_promote(true, 60)')
  }

  async sql(statement: string, database = 'postgres'): Promise<string> {
    const where = ['-h', '127.0.0.1', '-p', `${this.port}`, '-U', 'postgres', '-d', database]
    const { stdout } = await run(this.#program('psql'), [...where, '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', statement])
    return stdout.trim()
  }

  log(): string {
    const path = join(this.folder, 'server.log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** The first process and its children. */
  async #signalAll(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#child?.pid
    if (pid === undefined) return
    process.kill(pid, signal === 'SIGCONT' ? 'SIGCONT' : 'SIGSTOP')
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    for (const each of [...children, pid]) {
      try {
        process.kill(each, signal)
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  #isReady(): Promise<boolean> {
    return this.sql('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  #program(name: string): string {
    return join(dirname(SERVER ?? ''), name)
  }

  #tool(name: string, ...args: readonly string[]) {
    const as = this.#asOwner(this.#program(name), ...args)
    return run(as.command, as.args)
  }

  /** The command as the user of the servers; it ends with this process. */
  #asOwner(program: string, ...args: readonly string[]): { command: string; args: string[] } {
    const user = this.#owner && [`--reuid=${this.#owner.uid}`, `--regid=${this.#owner.gid}`, '--clear-groups']
    return { command: 'setpriv', args: [...(user ?? []), '--pdeathsig=QUIT', program, ...args] }
  }
}
