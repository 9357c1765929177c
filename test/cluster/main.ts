/**
 * `npm run cluster`: a pair of engines on PostgreSQL with synchronous replication, all on this machine, to look at a
 * take-over. See `--help`.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePorts } from '../suite/free-ports.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { HOW_TO_INSTALL, installed, type Node } from './server.ts'
import { Supervised } from './supervised.ts'

const HELP = `npm run cluster -- [--port N] [--directory DIR]

Starts on this machine, on loopback: PostgreSQL with one synchronous standby,
and two engines on it, the owner and its standby. Prints where to look and what
to try. Ctrl-C ends all of it in order.

  --port N         the first of eight ports (default: free ones)
  --directory DIR  files and logs, which are kept and used again (default: a
                   temporary directory, which is removed at the end)
  --help           this text
`

/** Milliseconds that a server is away which has ended. */
const AWAY_MS = 10_000
/** Engines have three ports each, servers one. */
const PORTS = 8

function argumentsGiven(): { readonly port: number | undefined; readonly directory: string | undefined } {
  const usage = (problem: string): never => {
    process.stderr.write(`${problem}\n\n${HELP}`)
    process.exit(2)
  }
  try {
    const text = { type: 'string' } as const
    const options = { port: text, directory: text, help: { type: 'boolean', default: false } } as const
    const { values } = parseArgs({ options })
    if (values.help) {
      process.stdout.write(HELP)
      process.exit()
    }
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port <= 65_536 - PORTS))
      usage(`--port is a number from 1 to ${65_536 - PORTS}`)
    return { port, directory: values.directory }
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

const say = (text: string) => process.stdout.write(`${text}\n`)

/** Others may pass through it: the servers may run as another user. */
function folderFor(directory: string | undefined): string {
  if (directory === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'mrdian-cluster-'))
    chmodSync(made, 0o711)
    return made
  }
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o711 })
  return resolve(directory)
}

function linesOfEngine({ options: { name, ports, log }, role, pid, rest }: Supervised): readonly string[] {
  return [
    `  ${name}: ${role}, process ${pid}`,
    `    REST    ${rest}/finesse/api/`,
    `    health  ${rest}/health`,
    `    board   ${rest}/inspect/board`,
    `    XMPP    xmpp://127.0.0.1:${ports.xmpp}, http://127.0.0.1:${ports.httpBind}/http-bind`,
    `    log     ${log}`,
  ]
}

function describe(engines: readonly Supervised[], { nodes, url }: Cluster, folder: string): string {
  const owner = engines.find(({ role }) => role === 'owner')
  const [primary, standby] = nodes
  return [
    '',
    `Two engines on PostgreSQL ${installed} (users 1001 to 1006, administrator admin; every password is secret):`,
    '',
    ...engines.flatMap(linesOfEngine),
    '  database',
    `    primary  127.0.0.1:${primary?.port}, process ${primary?.pid}`,
    `    standby  127.0.0.1:${standby?.port}, process ${standby?.pid}; it confirms each change`,
    `    url      ${url()}`,
    `    files    ${folder}`,
    '',
    'Try:',
    `  kill -9 ${owner?.pid}`,
    '    the other engine is the owner some two seconds later; the killed one starts again, as the standby',
    `  npm run -s mrdian -- status '${url()}'`,
    '    who is the owner, and which server confirms',
    `  kill -INT ${standby?.pid}`,
    `    nobody confirms: commands wait, then get 503, until it starts again, ${AWAY_MS / 1000} s later`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n')
}

/** Starts a server again that has ended, until `isOver`. */
async function keepRunning(node: Node, what: string, isOver: () => boolean): Promise<void> {
  for (;;) {
    await node.ended()
    if (isOver()) return
    say(`PostgreSQL's ${what} has ended; it starts again in ${AWAY_MS / 1000} s`)
    await pause(AWAY_MS)
    if (isOver()) return
    await node.start()
    say(`PostgreSQL's ${what} runs again, process ${node.pid}`)
  }
}

const { port, directory } = argumentsGiven()
if (installed === undefined) {
  process.stderr.write(`${HOW_TO_INSTALL}\n`)
  process.exit(1)
}

/** Everything that was started, in the order of its start; ended in the opposite order. */
const endings: (() => Promise<void>)[] = []

async function stop(code: number): Promise<never> {
  let failed = code
  for (const end of endings.toReversed())
    await end().catch((error: unknown) => {
      process.stderr.write(`${error}\n`)
      failed = 1
    })
  process.exit(failed)
}

async function start(): Promise<void> {
  const folder = folderFor(directory)
  if (directory === undefined) endings.push(async () => rmSync(folder, { recursive: true, force: true }))
  const all = port === undefined ? await freePorts(PORTS) : Array.from({ length: PORTS }, (_, n) => port + n)
  const [restA = 0, bindA = 0, xmppA = 0, restB = 0, bindB = 0, xmppB = 0, ...servers] = all
  const cluster = await startCluster(1, { folder: join(folder, 'postgres'), ports: servers, password: 'secret' })
  let isOver = false
  endings.push(() => {
    isOver = true
    return cluster.close()
  })
  for (const [n, node] of cluster.nodes.entries())
    void keepRunning(node, n === 0 ? 'primary' : 'standby', () => isOver).catch(failed)
  let isTold = false
  const onChange: Supervised['options']['onChange'] = ({ options: { name }, pid }, change) => {
    if (!isTold) return
    if (typeof change === 'string') say(`${name} is the ${change} now, process ${pid}`)
    else say(`${name} has ended (${change.ended}); it starts again`)
  }
  const engineOf = (name: string, ports: Supervised['options']['ports']) =>
    new Supervised({ name, ports, data: cluster.url(), log: join(folder, `${name.replace(' ', '-')}.log`), onChange })
  const engines = [
    engineOf('engine a', { rest: restA, httpBind: bindA, xmpp: xmppA }),
    engineOf('engine b', { rest: restB, httpBind: bindB, xmpp: xmppB }),
  ]
  // The standby ends first, so that it does not take over.
  endings.push(async () => {
    for (const engine of engines.toSorted((one) => (one.role === 'owner' ? 1 : -1))) await engine.stop()
  })
  for (const engine of engines) await engine.start()
  say(describe(engines, cluster, folder))
  isTold = true
}

// The terminal and npm both send a Ctrl-C, so several signals count as one.
let isEnding = false
const starting = start()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (isEnding) return
    isEnding = true
    void starting.catch(() => undefined).then(() => stop(0))
  })
starting.catch(failed)

function failed(error: unknown): void {
  if (isEnding) return
  isEnding = true
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  void stop(1)
}
