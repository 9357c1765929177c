/** The loss of a side in an embedder's own server for the API, BOSH and WebSocket (ruling 49). */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:net'
import fastify from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { createEngine, loadDirectory } from '../../../src/index.ts'
import { finesse } from '../../../src/rest/index.ts'
import { fixedCertificate, selfSignedCertificate } from '../../../src/tls/index.ts'
import { notificationService } from '../../../src/xmpp/index.ts'
import { bosh, frame, http, http2Line, Line, OPEN, UPGRADE } from './line.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

async function engineOfTwo() {
  const engine = await createEngine({ directory: await loadDirectory(), sides: ['A', 'B'] })
  undo.push(() => engine.close())
  return engine
}

const portOf = (server: Server) => {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}

const SYSTEM_INFO = http('GET', '/finesse/api/SystemInfo')
const lost = { type: 'side', side: 'A', up: false } as const

it('HTTP/1.1: a request to the API breaks its connection; other routes work', async () => {
  const engine = await engineOfTwo()
  const app = fastify()
  await app.register(finesse, { engine })
  app.get('/other', async () => 'here')
  await app.listen({ host: '127.0.0.1', port: 0 })
  undo.push(() => app.close())
  const [line, other] = [await Line.tcp(portOf(app.server)), await Line.tcp(portOf(app.server))]
  await engine.fault(lost)
  await line.begins(SYSTEM_INFO)
  expect(await line.ended).toEqual({ code: 'ECONNRESET', told: '' })
  await other.says(http('GET', '/other'), 'here')
  other.hangUp()
})

it('HTTP/2: a request to the API breaks its session', async () => {
  const engine = await engineOfTwo()
  const certificate = fixedCertificate(await selfSignedCertificate([]))
  const app = fastify({ http2: true, https: certificate.context() })
  await app.register(finesse, { engine })
  await app.listen({ host: '127.0.0.1', port: 0 })
  undo.push(() => app.close())
  const session = http2Line(portOf(app.server))
  const ask = () => session.ask({ ':path': '/finesse/api/SystemInfo' })
  expect((await ask()).status).toBe(200)
  await engine.fault(lost)
  await expect(ask()).rejects.toThrow()
  expect(await session.ended).toEqual({ code: 'ECONNRESET', goaways: 0 })
})

it('BOSH and WebSocket: the connections break without a message', async () => {
  const engine = await engineOfTwo()
  const service = await notificationService(engine, { port: 'off' })
  undo.push(() => service.close())
  const server = createServer((request, response) => void service.handleRequest(request, response))
  server.on('upgrade', (request, socket, head) => void service.handleUpgrade(request, socket, head))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  undo.push(async () => server.close())
  const [poll, ws] = [await Line.tcp(portOf(server)), await Line.tcp(portOf(server))]
  const sid = / sid="(\w+)"/.exec(await poll.says(bosh(1), '</body>'))?.[1]
  const { bytesIn } = service.figures
  await poll.begins(bosh(2, sid))
  while (service.figures.bytesIn === bytesIn) await new Promise((resolve) => setImmediate(resolve))
  await ws.says(UPGRADE, '\r\n\r\n')
  await ws.says(frame(OPEN), '</stream:features>')
  await engine.fault(lost)
  expect([(await poll.ended).told, (await ws.ended).told]).toEqual(['', ''])
  await engine.fault({ ...lost, up: true })
  const again = await Line.tcp(portOf(server))
  expect(await again.says(bosh(3, sid), /<body[^>]*\/>/)).toContain('condition="item-not-found"')
  again.hangUp()
})
