/** Requests with long bodies are read a few at a time. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { basic, errorOf, type Server, server } from './server.ts'

let on: Server
let sockets: readonly Socket[] = []
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await on.app.close()
})

const LOG = '<ClientLog><logData>x</logData></ClientLog>'

/** Begins a request with a log, and sends a part of its body. */
function begin(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write(
    `POST /finesse/api/User/1001/ClientLog HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic('1001:secret')}\r\n` +
      `Content-Type: application/xml\r\nConnection: close\r\nContent-Length: ${LOG.length}\r\n\r\n${LOG.slice(0, 9)}`,
  )
  return socket
}

it('a ninth log is refused while eight are read, and accepted when one of them has ended', async () => {
  const kept: string[] = []
  on = await server({ clientLogs: { keep: async ({ content }) => void kept.push(String(content)) } })
  const { port } = new URL(await on.app.listen({ port: 0, host: '127.0.0.1' }))
  const eight = Promise.withResolvers<void>()
  let received = 0
  on.app.server.on('request', () => {
    received += 1
    if (received === 8) eight.resolve()
  })
  sockets = [...Array(8)].map(() => begin(Number(port)))
  await eight.promise
  // The accounts answer at once, so all eight have been admitted in the next turn.
  await nextTurn()
  const ask = () => on.ask('POST', '/User/1001/ClientLog', { body: LOG })
  expect(errorOf(await ask())).toBe('503 Service Unavailable |  | SERVER_OUT_OF_SERVICE')
  expect((await on.ask('PUT', '/User/1001', { body: '<User><state>READY</state></User>' })).statusCode).toBe(202)
  const [first] = sockets
  first?.write(LOG.slice(9))
  if (first) await once(first.resume(), 'close')
  expect((await ask()).statusCode).toBe(202)
  expect(kept).toEqual(['x', 'x'])
})
