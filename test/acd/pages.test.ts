/** No list of `/acd` is cut without a word: each says how many there are, and leads to the rest. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../src/acd/plugin.ts'
import { type AcdServer, acdServer } from './server.ts'

let server: AcdServer
beforeAll(async () => {
  server = await acdServer()
  const post = async (path: string, body: object) => {
    const { status, json } = await server.ask('POST', path, { body })
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(json)}`)
  }
  for (const scriptSelector of ['email_support', 'chat_sales', 'email_billing'])
    await post('/tasks', { scriptSelector, variables: { callVariable1: scriptSelector } })
  for (const from of ['5550100', '5550101', '5550102']) await post('/calls', { from, queue: '701' })
  for (const id of ['spring', 'autumn', 'winter']) await post('/campaigns', { id, mode: 'preview', queue: '701' })
  for (const name of ['Hall', 'Lift', 'Desk']) await post('/kiosks', { name })
  for (const id of ['5001-1', '5002-1']) {
    await server.ask('DELETE', `/tasks/${id}`)
    await post('/erasures', { tasks: [id] })
  }
  await post('/faults', { type: 'app-path', up: false })
  await post('/faults', { type: 'resubmission', mode: 'refuse', up: false })
})
afterAll(() => server.close())

/** Operations of `GET` that answer with one object, and so have nothing to cut. */
const OBJECTS = ['/clock', '/drain', '/network']

const LISTS = OPERATIONS.filter(
  ({ method, path }) => method === 'GET' && !path.includes(':') && !OBJECTS.includes(path),
).map(({ path }) => path)

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`a list is expected, not ${JSON.stringify(value)}`)
  return value
}

it('every operation that lists is here', () => {
  expect(LISTS.sort()).toEqual(['/calls', '/campaigns', '/erasures', '/faults', '/kiosks', '/queues', '/tasks'])
})

describe.each(LISTS)('GET %s', (path) => {
  it('has pages, which together are the whole list', async () => {
    const whole = await server.ask('GET', path)
    const items = list(whole.json)
    expect(items.length).toBeGreaterThan(1)
    expect([whole.headers.get('x-total-count'), whole.headers.get('link')]).toEqual([String(items.length), null])
    const pages: unknown[][] = []
    for (let query: string | undefined = 'limit=1'; query !== undefined && pages.length <= items.length; ) {
      const { status, json, headers } = await server.ask('GET', `${path}?${query}`)
      expect([status, headers.get('x-total-count')]).toEqual([200, String(items.length)])
      pages.push([...list(json)])
      query = /^<\?(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    // The newest tasks come first; other lists begin with the first item.
    const inOrder = path === '/tasks' ? pages.reverse() : pages
    expect(pages.map(({ length }) => length)).toEqual(items.map(() => 1))
    expect(inOrder.flat()).toEqual(items)
  })

  it.each(['limit=0', 'limit=10001', 'limit=x', 'before=', 'after=', 'other=1'])('?%s is refused', async (query) => {
    const { status, json } = await server.ask('GET', `${path}?${query}`)
    expect([status, json]).toEqual([
      400,
      { error: expect.any(String), message: expect.any(String), about: expect.any(String) },
    ])
  })
})

it('a list goes on behind an item that is gone meanwhile', async () => {
  const [first] = list((await server.ask('GET', '/kiosks')).json)
  const { headers } = await server.ask('GET', '/kiosks?limit=1')
  const next = /^<\?(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? ''
  await server.ask('DELETE', '/kiosks/1')
  const { json } = await server.ask('GET', `/kiosks?${next}`)
  expect(first).toMatchObject({ id: '1' })
  expect(list(json)).toMatchObject([{ id: '2' }])
  const gone = await server.ask('GET', '/campaigns?after=summer')
  expect(gone.json).toMatchObject({ error: 'INVALID_PARAMETER', about: 'after' })
})
