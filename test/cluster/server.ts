/**
 * One server of PostgreSQL, of Debian's package, on the loopback interface.
 *
 * It ends with the process that started it, however that ends: `setpriv` asks the kernel for that. As root it runs as the
 * user that Debian's package has made, because PostgreSQL refuses root.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

const OLDEST = 15
const versionOf = (program: string): number => Number(program.split('/')[4])
/** The newest server of Debian's packages. */
const SERVER = globSync('/usr/lib/postgresql/*/bin/postgres')
  .filter((program) => versionOf(program) >= OLDEST)
  .toSorted((a, b) => versionOf(b) - versionOf(a))[0]

/** The version of the server that is installed; `undefined`: there is none that is new enough. */
export const installed = SERVER === undefined ? undefined : versionOf(SERVER)

/** What to do when there is none. */
export const HOW_TO_INSTALL = `PostgreSQL ${OLDEST} or later is needed: apt-get install postgresql`

/** Longest time for a server to start or to end, in ms. Other programs may run at the same time. */
const PATIENCE = 60_000

/** One server. */
export interface Node {
  readonly name: string
  readonly port: number
  readonly folder: string
  /** Of its first process; `undefined` while it does not run. */
  readonly pid: number | undefined
  start(): Promise<void>
  /** Resolves when it does not run. */
  ended(): Promise<void>
  /** `SIGKILL`: as when its machine loses power, but for what the system has not yet written to the disk. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>
  /** Suspends all its processes until `resume`. */
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Makes a standby the primary. Resolves when it can be written. */
  promote(): Promise<void>
  /** Runs one SQL statement as superuser. Returns its rows, one per line, columns separated by `|`. */
  sql(statement: string, database?: string): Promise<string>
  log(): string
}

/** Who runs the servers; `undefined`: the user of this process. */
export type Owner = { readonly uid: number; readonly gid: number } | undefined

export async function ownerOfServers(): Promise<Owner> {
  if (process.getuid?.() !== 0) return undefined
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  return { uid: await idOf('-u'), gid: await idOf('-g') }
}

/** One of the others has a commit before it is confirmed. */
export const STANDBYS = 'ANY 1 (p, s1, s2)'

/** Small and quick. Files are synced, as in production, where tests kill a server. */
const settings = (port: number, isSynced: boolean, addresses: readonly string[] = []) => `
fsync = ${isSynced ? 'on' : 'off'}
listen_addresses = '${['127.0.0.1', ...addresses].join(',')}'
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
local all all scram-sha-256
host all postgres 127.0.0.1/32 trust
host replication postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`

/** For clients at the other end of further addresses. */
const ACCESS_OF_NEIGHBOURS = 'host all mrdian samenet scram-sha-256\n'

interface CommandLine {
  readonly command: string
  readonly args: readonly string[]
}

/** Whether a server may have a small file system: as root, and where mounting is allowed. */
export const canMount = (): boolean =>
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

/** What a server has beside its port and its files. */
export interface ServerOptions {
  /** Addresses on which it listens, beside that of loopback. Only their own networks have access. */
  readonly addresses?: readonly string[]
  /** Further lines of its configuration. */
  readonly settings?: string
  /** Megabytes of a file system of its own, in memory, at `FOLDER-small`. The tests need to be allowed to mount. */
  readonly small?: number
}

export class Server implements Node {
  readonly name: string
  readonly port: number
  readonly folder: string
  readonly #owner: Owner
  readonly #options: ServerOptions
  #child: ChildProcess | undefined

  constructor(name: string, port: number, folder: string, owner: Owner, options: ServerOptions = {}) {
    this.name = name
    this.port = port
    this.folder = folder
    this.#owner = owner
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Makes the files of a new primary, unless it has some. */
  async create(isSynced: boolean): Promise<void> {
    const args = [
      '--no-sync',
      '--wal-segsize=1',
      '--auth=trust',
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
    ]
    if (!this.#hasFiles) await this.#tool('initdb', '-D', this.folder, ...args)
    const { addresses } = this.#options
    writeFileSync(join(this.folder, 'pg_hba.conf'), ACCESS + (addresses ? ACCESS_OF_NEIGHBOURS : ''))
    writeFileSync(join(this.folder, 'postgresql.conf'), settings(this.port, isSynced, addresses) + this.#more)
  }

  /** Makes the files of a standby, unless it has some. It follows whichever of the other nodes is the primary, now the first one. */
  async follow(nodes: readonly Node[]): Promise<void> {
    const others = nodes.filter((node) => node.port !== this.port)
    const source = `host=127.0.0.1 port=${nodes[0]?.port} user=postgres`
    if (!this.#hasFiles)
      await this.#tool('pg_basebackup', '--no-sync', '--checkpoint=fast', '-D', this.folder, '-d', source)
    const hosts = others.map(() => '127.0.0.1').join(',')
    const from = `host=${hosts} port=${others.map(({ port }) => port).join(',')} user=postgres`
    const followed = `primary_conninfo = '${from} application_name=${this.name} target_session_attrs=read-write connect_timeout=2'\n`
    const names = `synchronous_standby_names = '${STANDBYS}'\n`
    const own = settings(this.port, true, this.#options.addresses)
    writeFileSync(join(this.folder, 'postgresql.conf'), own + followed + names + this.#more)
    writeFileSync(join(this.folder, 'standby.signal'), '')
  }

  get #more(): string {
    return this.#options.settings ?? ''
  }

  get #hasFiles(): boolean {
    return existsSync(join(this.folder, 'PG_VERSION'))
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return
    const { command, args } = this.#mounted(this.#asOwner(this.#program('postgres'), '-D', this.folder))
    const log = join(this.folder, 'server.log')
    // Not in the process group of this process: a Ctrl-C is for this one, which ends the server in order.
    const child = spawn('sh', ['-c', 'exec "$@" 2>>"$0"', log, command, ...args], { stdio: 'ignore', detached: true })
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

  async ended(): Promise<void> {
    if (this.#child !== undefined) await once(this.#child, 'exit')
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

  /** The command with the small file system, which ends with it. */
  #mounted(given: CommandLine): CommandLine {
    const { small } = this.#options
    if (small === undefined) return given
    const place = `${this.folder}-small`
    mkdirSync(place, { recursive: true })
    const owned = this.#owner ? `,uid=${this.#owner.uid},gid=${this.#owner.gid}` : ''
    const script = `mount -t tmpfs -o size=${small}m,mode=700${owned} tmpfs "$0" && exec "$@"`
    return { command: 'unshare', args: ['--mount', 'sh', '-c', script, place, given.command, ...given.args] }
  }

  /** The command as the user of the servers; it ends with this process. */
  #asOwner(program: string, ...args: readonly string[]): CommandLine {
    const user = this.#owner && [`--reuid=${this.#owner.uid}`, `--regid=${this.#owner.gid}`, '--clear-groups']
    return { command: 'setpriv', args: [...(user ?? []), '--pdeathsig=QUIT', program, ...args] }
  }
}
