/** Connections are accepted at once, and wait for their turns. */
import { once } from 'node:events'
import { type Server, Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { expect, it, vi } from 'vitest'
import { connectionGuard } from '../../src/index.ts'
import { Connection } from '../../src/sockets/connection.ts'
import { ConnectionTurns } from '../../src/sockets/connection-turns.ts'
import { noSurfaceFigures } from '../../src/sockets/figures.ts'
import { Connections } from '../../src/sockets/index.ts'
import { selfSignedCertificate } from '../../src/tls/index.ts'
import { PATIENCE } from '../suite/patience.ts'
import { KNOCKS } from './flood.ts'

/** Opens the server with a guard. Gives the numbers of the guard and the port. */
async function guarded(server: Server) {
  const guard = connectionGuard()
  const connections = new Connections({ guard, surface: 'own' })
  connections.watch(server)
  server.listen({ port: 0, host: '127.0.0.1', backlog: connections.backlog })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, figures: guard.surface('own'), close: () => connections.close() }
}

it('connections are accepted while others have their handshakes, and each has its own', async () => {
  const COUNT = 400
  const knocking = KNOCKS.find(
    ({ surface, kind }) => surface === 'restTls' && kind === 'the first message of a handshake',
  )
  if (knocking === undefined) throw new Error('no such flood')
  const { cert, key } = await selfSignedCertificate([])
  const server = createTlsServer({ cert, key })
  const { port, figures, close } = await guarded(server)
  const flood = Array.from({ length: COUNT }, () => knocking.knock(port))
  let accepted = 0
  await new Promise<void>((resolve) => {
    server.on('connection', () => {
      accepted += 1
      if (accepted === COUNT) resolve()
    })
  })
  // The system's queue is first come first served. Were they not accepted, a client would wait there for all of them.
  expect({ ...figures }).toMatchObject({ open: COUNT, withoutSession: COUNT })
  expect(figures.waiting).toBeGreaterThan(COUNT / 4)
  const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(client, 'secureConnect')
  await vi.waitFor(() => expect(figures.waiting).toBe(0), PATIENCE)
  for (const socket of [client, ...flood]) socket.destroy()
  close()
  server.close()
  await once(server, 'close')
  const none = { open: 0, withoutSession: 0, waiting: 0 }
  await vi.waitFor(() => expect({ ...figures }).toMatchObject(none), PATIENCE)
})

it('late connections of a flood have turns by themselves, one after the other, and those of a crowd at once', async () => {
  /** So many without a session show that it is a flood. */
  const SHOW = 45
  const LATE = 50
  const SELDOM_MS = 50
  let now = 0
  const turns = new ConnectionTurns(() => now)
  const taken: Connection[] = []
  const awaited = new Map<number, () => void>()
  const comes = () => {
    const connection = new Connection(new Socket(), noSurfaceFigures())
    turns.add(connection, () => {
      taken.push(connection)
      if (taken.length > 1 && taken.length <= SHOW + 1) turns.delete(connection)
      awaited.get(taken.length)?.()
    })
    return connection
  }
  const until = (count: number) => new Promise<void>((resolve) => awaited.set(count, resolve))
  const shown = until(1 + SHOW)
  // Nobody else waits, so it has its turn at once. The others wait for the next turn of the event loop.
  const first = comes()
  expect(taken).toEqual([first])
  for (let count = 0; count < SHOW + LATE; count += 1) {
    now += 50
    comes()
  }
  for (let count = 0; count < 5; count += 1) {
    now += 50
    turns.delete(comes())
  }
  await shown
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => setImmediate(resolve))
  expect([taken.length, turns.size]).toEqual([1 + SHOW, LATE])
  for (const more of [1, 2]) {
    const next = until(1 + SHOW + more)
    now += SELDOM_MS
    await next
    expect([taken.length, turns.size]).toEqual([1 + SHOW + more, LATE - more])
  }
  const all = until(1 + SHOW + LATE)
  turns.hasSession(taken.at(-1) ?? first)
  await all
  expect([new Set(taken).size, turns.size]).toEqual([1 + SHOW + LATE, 0])
})
