/** Debian's Prosody and ejabberd as processes of a test, on free loopback ports, with temporary data. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe } from 'vitest'
import { type ServerKind, writeServerFiles } from '../../../src/xmpp/external/files.ts'
import { freePorts } from '../../suite/free-ports.ts'
import { PROGRAM } from '../../suite/started.ts'

const run = promisify(execFile)

const PROGRAMS: Readonly<Record<ServerKind, string>> = {
  prosody: '/usr/bin/prosody',
  ejabberd: '/usr/sbin/ejabberdctl',
}
/** Longest time for a server to start or to end, in ms. Other tests may run at the same time. */
const PATIENCE = 60_000

/** A suite that needs a server. Without one it is skipped with a reason. Where `CI` is set, it fails instead. */
export function describeWith(kind: ServerKind, name: string, tests: () => void): void {
  const isMissing = !existsSync(PROGRAMS[kind]) && !process.env.CI
  describe.skipIf(isMissing)(isMissing ? `${name} (needs ${PROGRAMS[kind]}: apt-get install ${kind})` : name, tests)
}

/** An XMPP server that a test has started. */
export interface XmppServer {
  readonly kind: ServerKind
  readonly service: string
  readonly port: number
  readonly httpPort: number
  readonly domain: string
  /** Ends the process, in an orderly way or like a crash. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts the server with the data that it has stored. Does nothing while it runs. */
  start(): Promise<void>
  /** The log of the server. */
  log(): string
  /** Ends the server and deletes its files. */
  close(): Promise<void>
}

export interface XmppServerOptions {
  /** Port at which a mrdian answers for accounts. */
  readonly restPort: number
  /** False: the files are written, and no server runs. */
  readonly started?: boolean
}

/** A process of a server, and how to know that it is up. */
interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

export async function xmppServer(kind: ServerKind, options: XmppServerOptions): Promise<XmppServer> {
  const folder = await mkdtemp(join(tmpdir(), `mrdian-${kind}-`))
  const [port = 0, httpPort = 0, distribution = 0] = await freePorts(3)
  const domain = 'localhost'
  const base = `http://127.0.0.1:${options.restPort}`
  await writeServerFiles(kind, {
    folder,
    domain,
    host: '127.0.0.1',
    port,
    httpPort,
    user: 'finesse',
    accounts: `${base}/accounts/check`,
    authenticate: `${process.execPath} ${PROGRAM} extauth ${base}`,
  })
  const command = await (kind === 'prosody' ? prosody(folder) : ejabberd(folder, distribution))
  let child: ChildProcess | undefined
  let log = ''
  let hasRoster = kind === 'prosody'
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null
  const start = async () => {
    if (isRunning()) return
    const { file, args, env, ...identity } = command
    const started = spawn(file, args, { env: { PATH: process.env.PATH, ...env }, cwd: folder, ...identity })
    child = started
    await listening(started, port, (text) => {
      log += text
    })
    if (!hasRoster) await shareRoster(folder, distribution)
    hasRoster = true
  }
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    if (child === undefined || !isRunning()) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  if (options.started !== false) await start()
  return {
    kind,
    service: `xmpp://127.0.0.1:${port}`,
    port,
    httpPort,
    domain,
    start,
    stop,
    log: () => log,
    close: async () => {
      await stop('SIGKILL')
      // The program that checks accounts may not have ended yet.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/** Prosody does not run as root. Its package has a user for it. */
async function prosody(folder: string): Promise<Command> {
  const command = { file: PROGRAMS.prosody, args: ['-F', '--config', join(folder, 'prosody.cfg.lua')], env: {} }
  if (process.getuid?.() !== 0) return command
  const [uid = 0, gid = 0] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'prosody'])).stdout)),
  )
  await chown(folder, uid, gid)
  for (const name of await readdir(folder, { recursive: true })) await chown(join(folder, name), uid, gid)
  return { ...command, uid, gid }
}

/** The cache of compiled code for `mrdian extauth`. With the server's own home it would be compiled at each start. */
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')

/** What `ejabberdctl` runs, but without a port mapper and for any user, not only root or ejabberd. */
function erlang(folder: string, distribution: number): { args: string[]; env: Record<string, string> } {
  return {
    args: ['-sname', 'ejabberd@localhost', '-erl_epmd_port', String(distribution), '-start_epmd', 'false', '-noinput'],
    env: { ERL_LIBS: '/usr/lib/x86_64-linux-gnu', HOME: folder, XDG_CACHE_HOME: CACHE },
  }
}

async function ejabberd(folder: string, distribution: number): Promise<Command> {
  const { args, env } = erlang(folder, distribution)
  const spool = join(folder, 'spool')
  await mkdir(spool)
  return {
    file: '/usr/bin/erl',
    args: [
      ...args,
      ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
      ...['-mnesia', 'dir', JSON.stringify(spool), '-s', 'ejabberd'],
    ],
    env: {
      ...env,
      EJABBERD_CONFIG_PATH: join(folder, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
    },
  }
}

/**
 * Runs the script that `xmpp-setup` has written, with an `ejabberdctl` that finds this server. It uses `erl_call`,
 * because the real one starts an Erlang for each command.
 */
async function shareRoster(folder: string, distribution: number): Promise<void> {
  const shim = join(folder, 'ejabberdctl')
  const call = `erl_call -address 127.0.0.1:${distribution} -c "$(cat ${folder}/.erlang.cookie)" -a`
  const lines = [
    '#!/bin/sh',
    `process() { [ "$(${call} "ejabberd_ctl process [[$1]]")" = 0 ]; }`,
    'shift 2 # --ctl-config and its file',
    // The server has already reported that it is started.
    'if [ "$1" = started ]; then exit 0; fi',
    'words="\\"$1\\""; shift',
    'for word in "$@"; do words="$words,\\"$word\\""; done',
    'process "$words"',
  ]
  await writeFile(shim, `${lines.join('\n')}\n`)
  await chmod(shim, 0o755)
  const path = `${folder}:${process.env.PATH}`
  const script = join(folder, 'shared-roster.sh')
  await run('/bin/sh', [script], { env: { HOME: folder, PATH: path }, timeout: PATIENCE })
}

/** Passes the output of a server on. Resolves when it listens at the port, rejects when it ends before that. */
function listening(child: ChildProcess, port: number, hear: (text: string) => void): Promise<void> {
  const wanted = new RegExp(`(?:Activated service|accepting TCP connections).*127\\.0\\.0\\.1\\]?:${port}\\b`)
  let said = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        hear(text)
        said += text
        if (wanted.test(said)) resolve()
      })
    child.once('exit', () => reject(new Error(`${child.spawnfile} has ended: ${said}`)))
    child.once('error', reject)
  })
}
