/**
 * kill -9 of the server that has the database: how long it takes until its standby answers a command with 202, and until a
 * deadline of before has fired. The three servers of PostgreSQL, the killed one and the standby share this machine.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Cluster, startCluster } from '../store/postgres.ts'
import { freePorts } from '../suite/free-ports.ts'
import { agents, directoryText } from './agents.ts'
import type { Figure } from './figures.ts'
import { program } from './program.ts'
import { type Started, started } from './started.ts'

const AGENTS = 12_000
/** Seconds until another process may take the store, which is the default of the store. */
const LEASE = 2
/** Seconds in all. */
const LIMIT = 3
/** Seconds that a call rings. */
const RING = 2
const PASSWORD = 'secret'
const OWNER = fileURLToPath(new URL('take-over-owner.ts', import.meta.url))

export async function takeOverFigures(count = AGENTS): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-bench-'))
  const cluster = await startCluster(2)
  try {
    return await measured(cluster, folder, agents(count))
  } finally {
    await cluster.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measured(cluster: Cluster, folder: string, ids: readonly string[]): Promise<readonly Figure[]> {
  const directory = join(folder, 'agents.yaml')
  const text: object = JSON.parse(directoryText(ids, { password: PASSWORD }))
  await writeFile(directory, JSON.stringify({ ...text, settings: { callRingSeconds: RING } }))
  const owner = await started(OWNER, [cluster.url(), directory], {}, (line) => line === 'signed in')
  const standby = await followingServer(cluster, directory)
  try {
    owner.child.stdin?.write('call\n')
    await lineOf(owner.child, (line) => line === 'ready')
    return await killed(owner, standby, ids)
  } finally {
    await owner.kill()
    await standby.server.kill()
  }
}

interface Standby {
  readonly server: Started
  readonly rest: string
}

/** Resolves when it has everything. */
async function followingServer(cluster: Cluster, directory: string): Promise<Standby> {
  const { script, env } = await program()
  const [port = 0] = await freePorts(1)
  const ports = ['--rest-port', `${port}`, '--http-bind-port', '0', '--xmpp-port', '0']
  const args = [
    'serve',
    '--standby',
    '--data',
    cluster.url(),
    '--directory',
    directory,
    '--log-format',
    'json',
    ...ports,
  ]
  const server = await started(script, args, env, (line) => line.includes('"standby of'))
  const rest = `http://127.0.0.1:${port}`
  while (!(await hasAll(rest))) await pause(50)
  return { server, rest }
}

const health = z.object({ behind: z.number().nullable() })

async function hasAll(rest: string): Promise<boolean> {
  return health.parse(await (await fetch(`${rest}/health`)).json()).behind === 0
}

async function killed(owner: Started, { server, rest }: Standby, ids: readonly string[]): Promise<readonly Figure[]> {
  const [first = '', second = ''] = ids
  const begin = performance.now()
  const since = () => (performance.now() - begin) / 1000
  const timeOf = (words: string) => lineOf(server.child, (line) => line.includes(words)).then(since)
  let before = 0
  const taking = timeOf('"taking over from').then((time) => {
    // Until then it has answered with 503.
    before = server.processor()
    return time
  })
  const took = timeOf('"took over after')
  await owner.kill()
  await answered(rest, second, '<User><state>NOT_READY</state></User>', ({ status }) => status === 202)
  const [total, processor] = [since(), server.processor() - before]
  await answered(rest, first, undefined, ({ text }) => text.includes('<state>NOT_READY</state>'))
  const fired = since()
  const [open, ready] = [await taking, await took]
  const what = `kill -9 until the standby answers 202, ${ids.length} agents`
  return [
    { what, value: total, unit: 's', reference: `with a lease of ${LEASE} s`, aim: LIMIT },
    { what: 'of it until it has the database', value: open, unit: 's' },
    { what: 'of it until its engine has begun', value: ready - open, unit: 's' },
    { what: 'of it until its ports are open', value: total - ready, unit: 's' },
    {
      ...{ what: 'of it processor time of the standby, from the database on', value: processor, unit: 's' },
      ...{ reference: `${LIMIT - LEASE} s that the lease leaves`, ratio: processor / (LIMIT - LEASE), must: 1 },
    },
    { what: 'kill -9 until a call that rang before has rung out', value: fired, unit: 's' },
  ]
}

/** Asks as the agent until the answer is right. */
async function answered(
  rest: string,
  user: string,
  body: string | undefined,
  isRight: (answer: { readonly status: number; readonly text: string }) => boolean,
): Promise<void> {
  const headers = { authorization: `Basic ${btoa(`${user}:${PASSWORD}`)}`, 'content-type': 'application/xml' }
  const request = { headers, ...(body === undefined ? {} : { method: 'PUT', body }) }
  for (;;) {
    const answer = await fetch(`${rest}/finesse/api/User/${user}`, request).then(
      async (found) => ({ status: found.status, text: await found.text() }),
      () => undefined,
    )
    if (answer && isRight(answer)) return
    await pause(10)
  }
}

/** The next line of the process that is so. */
function lineOf({ stdout }: ChildProcess, isIt: (line: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    if (stdout === null) return reject(new Error('the process has no output'))
    const lines = createInterface({ input: stdout })
    lines.on('line', (line) => isIt(line) && resolve(line))
    lines.once('close', () => reject(new Error('the process has ended')))
  })
}
