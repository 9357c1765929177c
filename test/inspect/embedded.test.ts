/** The inspector as a plugin in another service, as the README shows it. */
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { createEngine } from '../../src/index.ts'
import { InspectorService, inspector, inspectorRoutes } from '../../src/inspect/index.ts'
import { ADMIN, isReady, reached, View } from './stage.ts'

it('works beside the routes of the service, with the accounts of its directory, and ends with it', async () => {
  const engine = await createEngine()
  const app = Fastify()
  app.get('/mine', async () => 'my own route')
  await app.register(inspector, { engine })
  const at = await app.listen({ host: '127.0.0.1', port: 0 })
  expect(await (await fetch(`${at}/mine`)).text()).toBe('my own route')
  expect((await fetch(`${at}/inspect/machines`)).status).toBe(401)
  const stream = `${at.replace('http', 'ws')}/inspect/stream?format=mrdian`
  await expect(View.open(stream, {})).rejects.toThrow('401')
  await expect(View.open(stream.replace('stream', 'elsewhere'), {})).rejects.toThrow('404')
  const view = await View.open(stream, { authorization: ADMIN })
  await view.until(isReady)
  await engine.command({
    ...{ type: 'media.signIn', user: '1001', mrd: '5001' },
    ...{ maxDialogLimit: 3, interruptAction: 'ACCEPT' },
  })
  await view.until(reached('user/1001/media:5001', 'NOT_READY'))
  const closed = new Promise<number>((resolve) => view.socket.once('close', resolve))
  await app.close()
  expect(await closed).toBe(1001)
  await engine.close()
})

it.each([
  ['at /inspect', '', {}, '/inspect'],
  ['at another prefix', '', { prefix: '/look' }, '/look'],
  ['below a plugin with a prefix', '/admin', {}, '/admin/inspect'],
  ['at a prefix below a plugin with a prefix', '/admin', { prefix: '/look' }, '/admin/look'],
])('serves page, requests and stream %s', async (_, parent, options, expected) => {
  const engine = await createEngine()
  const app = Fastify()
  await app.register(async (scope) => scope.register(inspector, { engine, ...options }), { prefix: parent })
  const at = `${await app.listen({ host: '127.0.0.1', port: 0 })}${expected}`
  const page = await fetch(`${at}/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await fetch(at, { redirect: 'manual' })).headers.get('location')).toBe(`${expected}/`)
  expect((await fetch(`${at}/machines`, { headers: { authorization: ADMIN } })).status).toBe(200)
  const view = await View.open(`${at.replace('http', 'ws')}/stream?format=mrdian`, { authorization: ADMIN })
  await view.until(isReady)
  await app.close()
  await engine.close()
})

it('the routes of a service cannot be at another prefix than its stream', async () => {
  const app = Fastify()
  const service = new InspectorService({ prefix: '/look' })
  await expect(app.register(inspectorRoutes, { service, prefix: '/other' })).rejects.toThrow(
    'the routes are below /other, and the service is at /look',
  )
  await app.close()
})

it('rejects with an error without accounts', async () => {
  const engine = await createEngine()
  const bare = await createEngine({ directory: engine.get.directory() })
  const app = Fastify()
  await expect(app.register(inspector, { engine: bare })).rejects.toThrow('no accounts: give')
  await Promise.all([app.close(), bare.close(), engine.close()])
})
