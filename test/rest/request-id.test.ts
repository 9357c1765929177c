/** The id of a request in a host's own Fastify server: in the answer and in all log lines. */
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { createEngine } from '../../src/index.ts'
import { inspector } from '../../src/inspect/index.ts'
import { finesse, finesseServerOptions } from '../../src/rest/index.ts'
import { basic } from './server.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const MEDIA = '/finesse/api/User/1001/Media/5001'

interface Line {
  readonly reqId?: string
  readonly request?: string
  readonly msg: string
  readonly refusal?: string
}

async function host(options: Partial<ReturnType<typeof finesseServerOptions>> = finesseServerOptions()) {
  const lines: Line[] = []
  const engine = await createEngine()
  const app = Fastify({
    ...options,
    logger: { level: 'debug', stream: { write: (line: string) => void lines.push(JSON.parse(line)) } },
  })
  await app.register(finesse, { engine })
  await app.register(inspector, { engine })
  const ask = async (url: string, headers: Readonly<Record<string, string>>, name = '1001:secret') => {
    lines.length = 0
    const answer = await app.inject({
      ...{ method: 'PUT', url, payload: '<Media><state>READY</state></Media>' },
      headers: { authorization: basic(name), 'content-type': 'application/xml', ...headers },
    })
    return { status: answer.statusCode, id: answer.headers['x-request-id'] }
  }
  return {
    ask,
    lines,
    get: (url: string, headers: Readonly<Record<string, string>>) => app.inject({ url, headers }),
    close: async () => {
      await app.close()
      await engine.close()
    },
  }
}

it('a refused request: Fastify and the plugin log it with the id of the client', async () => {
  const on = await host()
  const sent: readonly Readonly<Record<string, string>>[] = [
    { 'x-request-id': 'corr-1' },
    { requestid: 'corr-1' },
    { requestid: 'corr-1', 'x-request-id': 'w' },
  ]
  for (const headers of sent) {
    expect(await on.ask(MEDIA.replace('5001', '9999'), headers)).toEqual({ status: 404, id: 'corr-1' })
    expect(new Set(on.lines.map(({ reqId }) => reqId))).toEqual(new Set(['corr-1']))
    expect(on.lines).toContainEqual(expect.objectContaining({ msg: 'request refused', refusal: 'MRD_NOT_FOUND' }))
  }
  await on.close()
})

it('without these server options the lines of the plugin have the id in `request`', async () => {
  const on = await host({})
  expect(await on.ask(MEDIA.replace('5001', '9999'), { 'x-request-id': 'corr-2' })).toEqual({
    status: 404,
    id: 'corr-2',
  })
  expect(on.lines.find(({ msg }) => msg === 'request refused')).toMatchObject({ request: 'corr-2' })
  await on.close()
})

it('an x-request-id that is too long is ignored, and the answer has a new one', async () => {
  const on = await host()
  const { status, id } = await on.ask(MEDIA, { 'x-request-id': 'z'.repeat(257) })
  expect([status, id]).toEqual([202, expect.stringMatching(UUID)])
  await on.close()
})

it('a path that the framework refuses', async () => {
  const on = await host()
  expect(await on.ask('/finesse/api/User/%', { 'x-request-id': 'corr-3' })).toEqual({ status: 400, id: 'corr-3' })
  await on.close()
})

it('answers of /inspect', async () => {
  const on = await host()
  for (const [authorization, status] of [
    [basic('admin:secret'), 200],
    [basic('1001:secret'), 403],
  ] as const) {
    const answer = await on.get('/inspect/machines', { authorization, 'x-request-id': 'corr-4' })
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([status, 'corr-4'])
  }
  await on.close()
})
