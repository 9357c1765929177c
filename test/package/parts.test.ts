/** The parts of the package in an embedder's own server, as in the README. */

import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Accounts, createEngine, loadDirectory } from '../../src/index.ts'
import { finesse } from '../../src/rest/index.ts'
import { notificationService, type RunningNotificationService } from '../../src/xmpp/index.ts'
import { FinesseClient } from '../conformance/finesse-client.ts'

let engine: Awaited<ReturnType<typeof createEngine>>
let app: FastifyInstance
let xmpp: RunningNotificationService
let rest: string

beforeAll(async () => {
  engine = await createEngine()
  app = Fastify()
  app.get('/mine', async () => 'my own route')
  await app.register(finesse, { engine })
  rest = await app.listen({ port: 0, host: '127.0.0.1' })
  xmpp = await notificationService(engine, { port: 'off', httpBindPort: 0 })
})
afterAll(async () => {
  await xmpp.close()
  await app.close()
  await engine.close()
})

it('serves Finesse beside the routes of the embedding service, with the accounts of the directory', async () => {
  expect(await (await fetch(`${rest}/mine`)).text()).toBe('my own route')
  const client = new FinesseClient('1001', { rest, ws: `ws://127.0.0.1:${xmpp.ports.httpBind}/ws` })
  await client.connect()
  await client.putUser('<state>LOGIN</state><extension>1001</extension>')
  expect(await client.next(1)).toEqual(['User/1001 PUT user NOT_READY'])
  await client.disconnect()
})

it('emits the commands that come over REST and those of the program', async () => {
  const seen: string[] = []
  const stop = engine.on('command', ({ command, origin, answer }) =>
    seen.push(`${command.type} of ${command.user} via ${origin.via}: ${answer.outcome}`),
  )
  const authorization = `Basic ${Buffer.from('1002:secret').toString('base64')}`
  const headers = { authorization, 'content-type': 'application/xml' }
  const body = '<User><state>LOGIN</state><extension>1002</extension></User>'
  await fetch(`${rest}/finesse/api/User/1002`, { method: 'PUT', headers, body })
  await engine.command({ type: 'user.setState', user: '1002', state: 'READY' })
  stop()
  expect(seen).toEqual(['user.signIn of 1002 via rest: DONE', 'user.setState of 1002 via api: DONE'])
})

it('reads give typed values', async () => {
  await engine.command({
    type: 'media.signIn',
    user: '1001',
    mrd: '5001',
    maxDialogLimit: 3,
    interruptAction: 'ACCEPT',
  })
  expect(engine.get.media('1001', '5001').status?.state).toBe('NOT_READY')
})

it('an option that is undefined has the effect of one that is left out', async () => {
  const none = undefined
  const plain = await createEngine({ store: none, directory: none, acd: none, clock: none, log: none, sides: none })
  const service = await notificationService(plain, { port: 'off', httpBindPort: 0, domain: none, limits: none })
  expect(service.domain).toBe('localhost')
  expect(plain.get.users().map(({ id }) => id)).toContain('1001')
  const ready = { type: 'user.setState', user: '1001', state: 'READY', requestId: none, side: none, by: none } as const
  expect(await plain.command(ready)).toMatchObject({ outcome: 'REFUSED' })
  await service.close()
  await plain.close()
})

it('refuses an engine without accounts, and says what is missing', async () => {
  const bare = await createEngine({ directory: engine.get.directory() })
  const other = Fastify()
  await expect(other.register(finesse, { engine: bare })).rejects.toThrow('no accounts: give')
  await other.close()
  await bare.close()
})

it('serves accounts of the embedding program; a reload without passwords does not change accounts', async () => {
  const passwords: ReadonlyMap<string, string> = new Map([['1001', 'of my own']])
  const accounts: Accounts = {
    verify: async (name, password) => (passwords.get(name) === password ? { id: name, kind: 'user' } : undefined),
  }
  const directory = await loadDirectory(undefined, { passwords: 'none' })
  const own = await createEngine({ directory })
  expect(own.accounts).toBeUndefined()
  const server = Fastify()
  await server.register(finesse, { engine: own, accounts })
  const statusWith = async (password: string) => {
    const authorization = `Basic ${Buffer.from(`1001:${password}`).toString('base64')}`
    return (await server.inject({ url: '/finesse/api/User/1001', headers: { authorization } })).statusCode
  }
  expect([await statusWith('of my own'), await statusWith('secret')]).toEqual([200, 401])
  await server.close()
  await own.close()
  const reloaded = await createEngine()
  await reloaded.reload(directory)
  expect(await reloaded.accounts?.verify('1001', 'secret')).toEqual({ id: '1001', kind: 'user' })
  await reloaded.close()
})
