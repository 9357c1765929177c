/**
 * How large the data file is: per 1,000 commands, and after a day of many agents. Nothing here depends on the speed of the
 * machine: time is virtual, and the commands are always the same.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Engine } from '../../src/engine/api.ts'
import type { Command } from '../../src/engine/commands.ts'
import { startEngine } from '../../src/engine/engine.ts'
import { sqliteStore } from '../../src/store/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { agents, change, directoryOf, signIn, signOut } from './agents.ts'
import type { Figure } from './figures.ts'

const MINUTE = 60_000
const QUARTER = 15 * MINUTE
/** Quarters of an hour in a shift of eight hours. */
const SHIFT = 32

/** The engine of a measurement, on a data file. */
interface Measured {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly give: (commands: readonly Command[]) => Promise<void>
  /** Bytes of the data file with everything that is in its log. */
  readonly bytes: () => number
}

/** Origins and ids as requests to the REST API have them. */
async function measured<T>(ids: readonly string[], work: (of: Measured) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-bench-'))
  const file = join(folder, 'mrdian.db')
  const clock = virtualClock()
  const engine = await startEngine({ directory: directoryOf(ids), store: sqliteStore(file), clock })
  let requests = 0
  const id = () => {
    requests += 1
    return `0f8b2c1e-7d3a-4b5c-9e6f-${String(requests).padStart(12, '0')}`
  }
  const give = async (commands: readonly Command[]) => {
    const given = commands.map((command) => engine.command(command, { via: 'rest', by: command.user, request: id() }))
    await clock.settle()
    await Promise.all(given)
  }
  try {
    return await work({ engine, clock, give, bytes: () => sizeOf(file) })
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** With the pages that are in the log only. */
function sizeOf(file: string): number {
  const reader = new DatabaseSync(file, { readOnly: true })
  try {
    return pages.parse(reader.prepare(SIZE).get()).bytes
  } finally {
    reader.close()
  }
}

const SIZE = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size'
const pages = z.object({ bytes: z.number() })

/** `count`: the agents of the day. Their number makes no difference for the data of each, so 500 stand for 2,000. */
export async function dataFileFigures(count = 500): Promise<readonly Figure[]> {
  const figure = (what: string, value: number, unit: string, must: number, aim: number): Figure => ({
    ...{ what, value, unit, must, aim },
  })
  const ofDay = await day(count)
  const grown = (ofDay * 2000) / count
  return [
    figure(
      'data file per 1,000 dense commands (20 agents, ten a second)',
      (await dense(20, 200)) / 1000,
      'MB',
      0.4,
      0.25,
    ),
    figure('the same, sparse (one per agent in 15 minutes)', (await sparse(200, 16)) / 1000, 'MB', 1, 0.5),
    figure(`data file after a day of 2,000 agents (measured with ${count})`, grown / 1e6, 'MB', 100, 50),
  ]
}

/** Commands of few agents, one agent after the other, ten a second. */
const dense = (count: number, rounds: number): Promise<number> =>
  measured(agents(count), async ({ clock, give, bytes }) => {
    const ids = agents(count)
    for (const user of ids) await give(signIn(user))
    await clock.advance(2 * MINUTE)
    const before = bytes()
    for (let turn = 0; turn < rounds; turn += 1)
      for (const user of ids) {
        await give([change(user, turn)])
        await clock.advance(100)
      }
    await clock.advance(2 * MINUTE)
    return (bytes() - before) / (rounds * count)
  })

/** One command of each agent in a quarter of an hour. */
const sparse = (count: number, rounds: number): Promise<number> =>
  measured(agents(count), async ({ clock, give, bytes }) => {
    const ids = agents(count)
    await give(ids.flatMap(signIn))
    await clock.advance(2 * MINUTE)
    const before = bytes()
    for (let turn = 0; turn < rounds; turn += 1) await spread(ids, clock, (user) => give([change(user, turn)]))
    return (bytes() - before) / (rounds * count)
  })

/** A shift: sign-in to voice and three media, a command in each quarter of an hour, sign-out. */
const day = (count: number): Promise<number> =>
  measured(agents(count), async ({ clock, give, bytes }) => {
    const ids = agents(count)
    await spread(ids, clock, (user) => give(signIn(user)))
    for (let turn = 0; turn < SHIFT; turn += 1) await spread(ids, clock, (user) => give([change(user, turn)]))
    await spread(ids, clock, (user) => give(signOut(user)))
    await clock.advance(2 * MINUTE)
    return bytes()
  })

/** Groups in which the agents work, so that a day of many agents needs no more commits than one of few. */
const GROUPS = 200

/** Does the work of all agents within a quarter of an hour. */
async function spread(
  ids: readonly string[],
  clock: VirtualClock,
  work: (user: string) => Promise<void>,
): Promise<void> {
  const size = Math.ceil(ids.length / GROUPS)
  for (let first = 0; first < ids.length; first += size) {
    const group = ids.slice(first, first + size)
    await Promise.all(group.map(work))
    await clock.advance((QUARTER * group.length) / ids.length)
  }
}
