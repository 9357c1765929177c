/** The two ends of a pair: who may ask the owner, what it answers, and the link. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { AccountsBusyError } from '../../src/accounts/index.ts'
import { OtherEnd, PAIR_HEADER, proofOf, RefusedByOwner, type ServiceLink } from '../../src/pair/index.ts'
import { asked, KEY, owner, TOKEN } from './owner.ts'

/** What a call rejects with. */
const refusal = (call: () => Promise<unknown>): Promise<unknown> =>
  call().then(
    () => undefined,
    (error: unknown) => error,
  )

/** The engine's own session on a link. */
const engineOn = ({ service: address }: ServiceLink) => connect(Number(new URL(address).port), '127.0.0.1')

const never = () => new AbortController().signal

/** A local service behind the link, with its connections. */
async function service() {
  const connections: Socket[] = []
  const server = createServer((socket) => connections.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  const place = server.address()
  const port = typeof place === 'object' && place !== null ? place.port : 0
  return { target: { port, password: 'of the service', isFresh: true }, connections }
}

it.each([
  ['nothing', undefined],
  ['another key', proofOf('another key', 'B', 'server')],
  ['the proof that is added to requests of clients', proofOf(KEY, 'B', 'clients')],
  ['the proof of another side', proofOf(KEY, 'A', 'server').replace('A', 'B')],
])('with %s nobody may ask', async (_, proof) => {
  const { address } = await owner()
  const headers = { ...(proof === undefined ? {} : { [PAIR_HEADER]: proof }), 'content-type': 'application/json' }
  const before = asked.length
  for (const [method, path] of [
    ['POST', 'sign-in'],
    ['GET', 'subscriptions'],
    ['PUT', 'subscriptions'],
  ] as const) {
    const body = method === 'GET' ? {} : { body: '{"name":"1001","secret":"secret","key":"k","value":1}' }
    const answer = await fetch(`${address}/pair/${path}`, { method, headers, ...body })
    expect([path, answer.status, await answer.text()]).toEqual([path, 403, ''])
  }
  expect(asked).toHaveLength(before)
})

it('a request of a client of the other side is known by its own proof only', async () => {
  const { end } = await owner()
  expect(end.isFromOther({ [PAIR_HEADER]: proofOf(KEY, 'B', 'clients') })).toBe(true)
  for (const proof of [proofOf(KEY, 'B', 'server'), proofOf(KEY, 'A', 'clients'), 'B ', ''])
    expect(end.isFromOther({ [PAIR_HEADER]: proof })).toBe(false)
})

it('the owner checks passwords and tokens, with the address of the client', async () => {
  const { other, address } = await owner()
  expect(await other.signIn({ name: '1001', secret: 'secret', address: '192.0.2.7' })).toEqual({
    id: '1001',
    kind: 'user',
  })
  expect(asked.at(-1)).toEqual(['1001', 'secret', '192.0.2.7'])
  expect(await other.signIn({ name: '1001', secret: 'wrong' })).toBeUndefined()
  expect(await other.signIn({ name: null, secret: TOKEN })).toEqual({ id: '1001', kind: 'user' })
  expect(await other.signIn({ name: null, secret: 'another' })).toBeUndefined()
  expect(await refusal(() => other.signIn({ name: '1001', secret: 'later' }))).toBeInstanceOf(AccountsBusyError)
  const unproven = new OtherEnd({ address, key: 'another key' }, 'B')
  expect(await refusal(() => unproven.signIn({ name: '1001', secret: 'secret' }))).toBeInstanceOf(AccountsBusyError)
})

it('the owner keeps the subscriptions of the side, and of no other', async () => {
  const { other, records, address } = await owner()
  await other.changeSubscription('one', { node: 'a', jid: 'b' })
  await other.changeSubscription('two', { node: 'c', jid: 'd' })
  await other.changeSubscription('one', null)
  expect(await other.subscriptions(never())).toEqual([{ key: 'two', value: { node: 'c', jid: 'd' } }])
  expect(records.list('xmpp-subscriptions-B')).toEqual([{ key: 'two', value: { node: 'c', jid: 'd' } }])
  const ofA = new OtherEnd({ address, key: KEY }, 'A')
  expect(await refusal(() => ofA.subscriptions(never()))).toMatchObject({ why: 'SERVED' })
})

it('what the owner sends over the link reaches the service, and back', async () => {
  const { other, link } = await owner()
  const { target, connections } = await service()
  const { ended } = await other.link(target, never())
  const linked = await link(0)
  expect(linked).toMatchObject({ password: 'of the service', isFresh: true })
  const engine = engineOn(linked)
  engine.write('from the engine')
  while (connections.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const [there] = connections
  if (there === undefined) throw new Error('no connection')
  expect(String((await once(there, 'data'))[0])).toBe('from the engine')
  there.write('from the service')
  expect(String((await once(engine, 'data'))[0])).toBe('from the service')
  linked.close()
  await ended
  await once(engine, 'close')
})

it('a new link takes the place of the one before, and the one who opened it can end it', async () => {
  const { other, link } = await owner()
  const { target } = await service()
  const former = await other.link(target, never())
  const end = new AbortController()
  const next = await other.link({ ...target, isFresh: false }, end.signal)
  await former.ended
  const last = await link(1)
  expect(last.isFresh).toBe(false)
  const engine = engineOn(last)
  await once(engine, 'connect')
  end.abort()
  await Promise.all([last.ended, next.ended, once(engine, 'close')])
})

it('a lost side has no link, until it is back', async () => {
  const { end, other } = await owner()
  const { target } = await service()
  const { ended } = await other.link(target, never())
  end.lose(true)
  await ended
  const refused = await refusal(() => other.link(target, never()))
  expect(refused).toBeInstanceOf(RefusedByOwner)
  expect(refused).toMatchObject({ why: 'LOST' })
  end.lose(false)
  await other.link(target, never())
})

it('the owner links no side that it serves itself, and nobody without a proof', async () => {
  const { address } = await owner()
  const { target } = await service()
  const served = new OtherEnd({ address, key: KEY }, 'A')
  expect(await refusal(() => served.link(target, never()))).toMatchObject({ why: 'SERVED' })
  const unproven = new OtherEnd({ address, key: 'another key' }, 'B')
  expect(await refusal(() => unproven.link(target, never()))).toMatchObject({ message: 'the other server answers 403' })
})
