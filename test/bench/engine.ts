/** The engine, the whole path of a request, and hostile requests. The best of the runs counts. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify from 'fastify'
import { assign, createActor, setup } from 'xstate'
import { startServer } from '../../src/cli/server.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Batch, Store } from '../../src/engine/ports.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'
import { FinesseClient } from '../conformance/finesse-client.ts'
import { LONGEST_ALLOWED, longestRequests } from './bodies.ts'
import type { Figure } from './figures.ts'
import { longestStall } from './stalls.ts'

const RUNS = 3
const SECONDS = 1

/** Calls per second in the best run. One call of `work` counts as `each` calls. */
async function rate(name: string, each: number, work: () => Promise<void> | void): Promise<number> {
  process.stderr.write(`measuring: ${name} … `)
  let best = 0
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now()
    let calls = 0
    while (performance.now() - start < SECONDS * 1000) {
      await work()
      calls += each
    }
    best = Math.max(best, (calls * 1000) / (performance.now() - start))
  }
  process.stderr.write(`${Math.round(best)}/s\n`)
  return best
}

/** Duration of one call in ms, as quantiles. */
async function latency(name: string, times: number, work: () => Promise<void>): Promise<{ p50: number; p99: number }> {
  process.stderr.write(`measuring: ${name} … `)
  const taken: number[] = []
  for (let n = 0; n < times; n += 1) {
    const start = performance.now()
    await work()
    taken.push(performance.now() - start)
  }
  taken.sort((a, b) => a - b)
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(share * taken.length))] ?? 0
  process.stderr.write(`p50 ${at(0.5).toFixed(2)} ms\n`)
  return { p50: at(0.5), p99: at(0.99) }
}

/** Every user makes a medium not routable and routable again: two commands, each with its notification. */
async function work(engine: Engine, users: readonly string[]): Promise<void> {
  await Promise.all(
    users.map(async (user) => {
      await engine.command({ type: 'media.setRoutable', user, mrd: '5001', routable: false })
      await engine.command({ type: 'media.setRoutable', user, mrd: '5001', routable: true })
    }),
  )
}

/** A store in memory that answers in the next turn of the event loop: what it costs the engine to follow its journal. */
function answeringNextTurn(): Store {
  const store = memoryStore()
  const commit = store.commit.bind(store)
  return Object.assign(store, {
    answersLater: true,
    commit: async (batch: Batch): Promise<void> => {
      commit(batch)
      await nextTurn()
    },
  })
}

async function prepared(engine: Engine): Promise<readonly string[]> {
  const users = engine.get.users().map((user) => user.id)
  for (const user of users) {
    await engine.command({ type: 'media.signIn', user, mrd: '5001', maxDialogLimit: 3, interruptAction: 'ACCEPT' })
    await engine.command({ type: 'media.setState', user, mrd: '5001', state: 'READY' })
  }
  return users
}

export async function engineFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  const report = (what: string, value: string, reference: string, ratio: number) =>
    figures.push({ what, value: Number(value), unit: '', reference, ratio })

  // --- how long one request can block the server
  process.stderr.write('measuring: hostile requests of 64 KiB …\n')
  for (const { front, shape, ms } of longestRequests())
    report(
      `longest ${front} of 64 KiB, ms (${shape})`,
      ms.toFixed(2),
      `bound of ${LONGEST_ALLOWED} ms`,
      ms / LONGEST_ALLOWED,
    )

  const { inputs, longest } = await longestStall()
  report(
    `longest turn of the event loop under ${inputs} hostile inputs, ms`,
    longest.toFixed(2),
    `bound of ${LONGEST_ALLOWED} ms`,
    longest / LONGEST_ALLOWED,
  )

  const folder = await mkdtemp(join(tmpdir(), 'mrdian-bench-'))

  // --- machines
  const flat = createActor(
    setup({ types: { context: {} as { n: number }, events: {} as { type: 'GO' } } }).createMachine({
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
        b: { on: { GO: 'a' } },
      },
    }),
  ).start()
  const flatRate = await rate('a flat XState machine, events', 1000, () => {
    for (let n = 0; n < 1000; n += 1) flat.send({ type: 'GO' })
  })
  const memory = await createEngine()
  const memoryUsers = await prepared(memory)
  const memoryRate = await rate('engine in memory, commands', 2 * memoryUsers.length, () => work(memory, memoryUsers))
  report(
    'engine in memory, commands/s',
    Math.round(memoryRate).toString(),
    'events/s of a flat XState machine',
    memoryRate / flatRate,
  )
  await memory.close()
  const late = await createEngine({ store: answeringNextTurn() })
  const lateUsers = await prepared(late)
  const lateRate = await rate('engine on a store that answers in the next turn, commands', 2 * lateUsers.length, () =>
    work(late, lateUsers),
  )
  report(
    'engine in memory, commands/s, the store answers in the next turn',
    Math.round(lateRate).toString(),
    'commands/s in memory, the store answers at once',
    lateRate / memoryRate,
  )
  await late.close()

  // --- durability
  const file = openSync(join(folder, 'append'), 'a')
  const syncRate = await rate('append and fdatasync', 1, () => {
    writeSync(file, 'x'.repeat(100))
    fdatasyncSync(file)
  })
  closeSync(file)
  const database = new DatabaseSync(join(folder, 'reference.db'))
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(x TEXT)')
  const insert = database.prepare('INSERT INTO t VALUES (?)')
  const sqliteRate = await rate('SQLite FULL, one row per commit', 1, () => {
    insert.run('x'.repeat(100))
  })
  database.close()
  const durable = await createEngine({ store: sqliteStore(join(folder, 'engine.db')) })
  const durableUsers = await prepared(durable)
  const [first = ''] = durableUsers
  const alone = await rate('durable commands, one by one', 2, () => work(durable, [first]))
  report(
    'durable commands/s, one by one',
    Math.round(alone).toString(),
    'SQLite commits/s, one row each',
    alone / sqliteRate,
  )
  report('durable commands/s, one by one', Math.round(alone).toString(), 'appends with fdatasync/s', alone / syncRate)
  const together = await rate('durable commands, seven agents at once', 2 * durableUsers.length, () =>
    work(durable, durableUsers),
  )
  report(
    'durable commands/s, seven agents at once',
    Math.round(together).toString(),
    'SQLite commits/s, one row each',
    together / sqliteRate,
  )
  await durable.close()

  // --- the whole path: PUT -> journal -> machine -> commit -> outbox -> gateway -> service -> client
  const bare = Fastify()
  bare.addContentTypeParser('application/xml', { parseAs: 'string' }, async (_: unknown, body: unknown) => body)
  bare.put('/x', async (_, reply) => reply.code(202).send())
  const address = await bare.listen({ port: 0, host: '127.0.0.1' })
  const http = await latency('PUT to a bare Fastify', 2000, async () => {
    await (
      await fetch(`${address}/x`, { method: 'PUT', headers: { 'content-type': 'application/xml' }, body: '<x/>' })
    ).text()
  })
  await bare.close()
  const server = await startServer({ restPort: 0, httpBindPort: 0, xmppPort: 'off', data: join(folder, 'server.db') })
  const { rest, httpBind } = server.ports
  const agent = new FinesseClient('1001', { rest: `http://127.0.0.1:${rest}`, ws: `ws://127.0.0.1:${httpBind}/ws` })
  await agent.connect()
  await agent.media(
    '5001',
    '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
  )
  await agent.next(1)
  let routable = true
  const whole = await latency('PUT Media to its notification at the client', 2000, async () => {
    routable = !routable
    await agent.media('5001', `<routable>${routable}</routable>`)
    await agent.next(1)
  })
  report(
    'PUT until the notification is there, p50 ms',
    whole.p50.toFixed(2),
    'PUT to a bare Fastify, p50',
    whole.p50 / http.p50,
  )
  report('the same, p99 ms', whole.p99.toFixed(2), 'PUT to a bare Fastify, p99', whole.p99 / http.p99)
  await agent.disconnect()
  await server.close()
  await rm(folder, { recursive: true, force: true })

  return figures
}
