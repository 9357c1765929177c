/**
 * What an engine on PostgreSQL costs, compared with SQLite in the same run: commands per second, the time of one command,
 * and bytes per command. The three servers of PostgreSQL run on this machine too, and share its cores with the engine; on
 * machines of their own they leave these to it.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../src/engine/api.ts'
import type { Store } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { postgresStore, sqliteStore } from '../../src/store/index.ts'
import { type Cluster, startCluster } from '../cluster/cluster.ts'
import { agents, directoryOf } from './agents.ts'
import { type Figure, median } from './figures.ts'

/** Agents who give a command at the same time. */
const AT_ONCE = 128
const MEDIUM = '5001'
/** Turns of all agents in a measurement, and measurements of each store, by turns. */
const TURNS = 20
const RUNS = 3
/** Commands one after the other. */
const ALONE = 200

interface Measured {
  readonly engine: Engine
  /** Bytes that the store has written so far: of the log that goes to the other servers, or of the data file. */
  readonly bytes: () => Promise<number>
}

const routable = (engine: Engine, user: string, isRoutable: boolean) =>
  engine.command({ type: 'media.setRoutable', user, mrd: MEDIUM, routable: isRoutable })

async function started(store: Store, users: readonly string[]): Promise<Engine> {
  const engine = await createEngine({ store, directory: directoryOf(users) })
  const signsIn = async (user: string) => {
    await engine.command({ type: 'media.signIn', user, mrd: MEDIUM, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
    await engine.command({ type: 'media.setState', user, mrd: MEDIUM, state: 'READY' })
  }
  await Promise.all(users.map(signsIn))
  return engine
}

/** Commands per second with all agents at once. */
async function together(engine: Engine, users: readonly string[]): Promise<number> {
  const begin = performance.now()
  for (let turn = 0; turn < TURNS; turn += 1)
    await Promise.all(users.map((user) => routable(engine, user, turn % 2 === 1)))
  return (TURNS * users.length * 1000) / (performance.now() - begin)
}

/** Milliseconds of one command, the median. */
async function alone(engine: Engine, user: string): Promise<number> {
  const taken: number[] = []
  for (let n = 0; n < ALONE; n += 1) {
    const begin = performance.now()
    await routable(engine, user, n % 2 === 1)
    taken.push(performance.now() - begin)
  }
  return median(taken)
}

interface Run {
  /** Commands per second with all agents at once. */
  readonly rate: number
  /** Bytes. */
  readonly perCommand: number
  /** Milliseconds of one command. */
  readonly one: number
}

/** Of one store: its figures in several runs, and bytes per command. */
async function figuresOf({ engine, bytes }: Measured, users: readonly string[]): Promise<Run> {
  const [first = ''] = users
  const before = await bytes()
  const rate = await together(engine, users)
  const perCommand = ((await bytes()) - before) / (TURNS * users.length)
  return { rate, perCommand, one: await alone(engine, first) }
}

const walOf = (cluster: Cluster) => async () =>
  Number(await cluster.primary.sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))

export async function postgresFigures(): Promise<readonly Figure[]> {
  const users = agents(AT_ONCE)
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-bench-'))
  const cluster = await startCluster(2)
  const file = join(folder, 'mrdian.db')
  const sqlite = await started(sqliteStore(file), users)
  const postgres = await started(await postgresStore(cluster.url()), users)
  const sizeOf = async () => (await stat(file)).size
  try {
    const runs: { readonly file: Run; readonly server: Run }[] = []
    for (let run = 0; run < RUNS; run += 1)
      runs.push({
        file: await figuresOf({ engine: sqlite, bytes: sizeOf }, users),
        server: await figuresOf({ engine: postgres, bytes: walOf(cluster) }, users),
      })
    const most = (of: 'file' | 'server') => Math.max(...runs.map((run) => run[of].rate))
    const least = (of: 'file' | 'server') => Math.min(...runs.map((run) => run[of].one))
    return [
      {
        what: `commands/s of ${AT_ONCE} agents at once, PostgreSQL with two standbys`,
        value: most('server'),
        unit: '',
        reference: 'the same on SQLite',
        ratio: most('server') / most('file'),
      },
      {
        what: 'one command, PostgreSQL with two standbys',
        value: least('server'),
        unit: 'ms',
        reference: 'the same on SQLite',
        ratio: least('server') / least('file'),
      },
      {
        what: 'bytes of the log of PostgreSQL per command',
        value: median(runs.map(({ server }) => server.perCommand)),
        unit: 'bytes',
      },
    ]
  } finally {
    await sqlite.close()
    await postgres.close()
    await cluster.close()
    await rm(folder, { recursive: true, force: true })
  }
}
