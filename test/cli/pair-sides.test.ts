/**
 * A pair of processes on one database that serve a side each (`--serves`): one owns the state, and the clients of both
 * sides stay connected when it is lost.
 *
 * Slow, 60 s: it starts PostgreSQL, and two programs for each test.
 */
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { PAIR_HEADER, proofOf } from '../../src/pair/index.ts'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { BoshStream } from '../xmpp/support/bosh-stream.ts'
import { auth, plain, RawClient } from '../xmpp/support/raw-client.ts'
import { enter } from '../xmpp/support/sign-in.ts'
import type { TransportClient } from '../xmpp/support/transport-client.ts'
import { WebSocketClient } from '../xmpp/support/websocket-client.ts'
import { newDatabase } from './pair.ts'
import { type Ended, start } from './process.ts'

const basic = (user: string) => `Basic ${btoa(`${user}:secret`)}`
const SIGN_IN = (extension: string) => `<User><state>LOGIN</state><extension>${extension}</extension></User>`
const READY = '<User><state>READY</state></User>'
const NOT_READY = '<User><state>NOT_READY</state></User>'

const DOMAINS = { A: 'a.example', B: 'b.example' } as const
type Side = keyof typeof DOMAINS

const log = z.looseObject({ msg: z.string() })

interface Served {
  readonly base: string
  readonly xmppPort: number
  /** The next line of the log with the text, past or future. Each is given once. */
  line(text: string): Promise<string>
  kill(signal?: NodeJS.Signals): Promise<Ended>
}

interface Place {
  readonly rest: number
  readonly xmpp: number
}

function serve(data: string, side: Side, { rest, xmpp }: Place): Served {
  const flags = ['--standby', '--side-b', '--domain', DOMAINS.A, '--domain-b', DOMAINS.B, '--serves', side]
  const ports = ['--rest-port', `${rest}`, '--xmpp-port', `${xmpp}`, '--http-bind-port', 'off']
  const all = ['serve', '--data', data, '--accept-unreplicated', '--log-format', 'json', ...flags, ...ports]
  const { child, ended } = start([...all, '--trusted-proxies', '127.0.0.1'])
  const lines: string[] = []
  let rest_ = ''
  let look: () => void = () => undefined
  child.stdout.on('data', (text: string) => {
    const parts = `${rest_}${text}`.split('\n')
    rest_ = parts.pop() ?? ''
    lines.push(...parts)
    look()
  })
  return {
    base: `http://127.0.0.1:${rest}`,
    xmppPort: xmpp,
    line: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = lines.findIndex((line) => line.includes(text))
          if (at >= 0) resolve(log.parse(JSON.parse(lines.splice(at, 1)[0] ?? '')).msg)
        }
        ended.then(({ out, err }) => reject(new Error(`ended before "${text}": ${out}${err}`)))
        look()
      }),
    kill: (signal = 'SIGKILL') => {
      child.kill(signal)
      return ended
    },
  }
}

/** Asks again while the side is not in service, as clients do (`notifications 12.3`). The time limit of the test ends it. */
async function ask({ base }: Pick<Served, 'base'>, user: string, body?: string) {
  for (;;) {
    const answer = await fetch(`${base}/finesse/api/User/${user}`, {
      headers: { authorization: basic(user), 'content-type': 'application/xml' },
      ...(body === undefined ? {} : { method: 'PUT', body }),
    })
    const text = await answer.text()
    if (answer.status !== 503) return { status: answer.status, text }
  }
}

/** A client on the side's own XMPP port, signed in and available. */
const online = async ({ xmppPort }: Served, side: Side, user: string) =>
  available(await RawClient.open(xmppPort), side, user)

async function available<T extends TransportClient>(opened: T, side: Side, user: string): Promise<T> {
  const client = await enter(opened, user, { to: DOMAINS[side], resource: 'desktop' })
  client.send('<presence/>')
  await client.until(new RegExp(`<presence [^>]*from="finesse@${DOMAINS[side]}"`))
  return client
}

/** Subscribes a user to a node. */
async function subscribe(client: TransportClient, side: Side, user: string, node: string): Promise<void> {
  const action = `<subscribe node='${node}' jid='${user}@${DOMAINS[side]}'/>`
  const pubsub = `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${action}</pubsub>`
  client.send(`<iq type='set' id='subscribe' to='pubsub.${DOMAINS[side]}'>${pubsub}</iq>`)
  expect(await client.until('</iq>')).toContain('subscription="subscribed"')
}

/** Ids of the requests in the notifications of the user that the client has got, in their order. */
const requestsSeen = ({ received }: TransportClient, user: string): readonly string[] =>
  [...received.matchAll(/<items node="([^"]+)".*?<\/items>/gs)]
    .filter(([, node]) => node === `/finesse/api/User/${user}`)
    .flatMap(([text]) => text.match(/&lt;requestId&gt;(\d+)&lt;/)?.[1] ?? [])

/** Numbers of the items that the client has got, by node. */
function itemsSeen({ received }: TransportClient): ReadonlyMap<string, readonly number[]> {
  const seen = new Map<string, number[]>()
  for (const [, node = '', item = ''] of received.matchAll(/<items node="([^"]+)"><item id="[^"]*-(\d+)"/g))
    seen.set(node, [...(seen.get(node) ?? []), Number(item)])
  return seen
}

/** Each item once, and those of a node in their order. */
function isInOrder(client: TransportClient): void {
  for (const [node, items] of itemsSeen(client))
    expect([node, items]).toEqual([node, [...new Set(items)].sort((one, other) => one - other)])
}

/**
 * Makes the user ready and not ready in turn until `stop`. Returns the ids of the requests that got 202 and have changed the
 * state for sure, which they have not if one before was perhaps done although it got no 202.
 */
function busy(served: Served, user: string) {
  let goesOn = true
  const work = async () => {
    const confirmed: string[] = []
    let isKnown = false
    for (let number = 1; goesOn; number += 1) {
      const state = number % 2 === 0 ? 'READY' : 'NOT_READY'
      const answer = await fetch(`${served.base}/finesse/api/User/${user}`, {
        method: 'PUT',
        headers: { authorization: basic(user), 'content-type': 'application/xml', requestId: `${number}` },
        body: `<User><state>${state}</state></User>`,
      }).catch(() => undefined)
      if (answer?.status === 202 && isKnown) confirmed.push(`${number}`)
      isKnown = answer?.status === 202
      await answer?.body?.cancel()
    }
    return confirmed
  }
  const done = work()
  return {
    stop: () => {
      goesOn = false
      return done
    },
  }
}

describeWithPostgres('a pair that serves a side each', () => {
  const cluster = clusterOfFile(0)

  /** Both sides, with A as the owner. */
  const pair = async () => {
    const data = await newDatabase(cluster())
    const [one = 0, two = 0, three = 0, four = 0] = await freePorts(4)
    const places = { A: { rest: one, xmpp: two }, B: { rest: three, xmpp: four } }
    const a = serve(data, 'A', places.A)
    await a.line('service')
    const b = serve(data, 'B', places.B)
    await b.line('serves side B: the owner is linked')
    return { data, places, a, b }
  }

  it('has the clients of both sides: what one side changes, both hear', async () => {
    const { a, b } = await pair()
    const onA = await online(a, 'A', '1001')
    const onB = await online(b, 'B', '1002')
    expect((await ask(b, '1002', SIGN_IN('1002'))).status).toBe(202)
    await onB.until('NOT_READY')
    expect((await ask(a, '1001', SIGN_IN('1001'))).status).toBe(202)
    await onA.until('NOT_READY')
    expect((await ask(b, '1001')).text).toContain('<state>NOT_READY</state>')
    expect(await (await fetch(`${b.base}/health`)).json()).toMatchObject({ status: 'IN_SERVICE' })
    expect(await (await fetch(`${b.base}/finesse/api/SystemInfo`)).text()).toContain(
      '<xmppDomain>b.example</xmppDomain>',
    )
    expect(await (await fetch(`${a.base}/finesse/api/SystemInfo`)).text()).toContain(
      '<xmppDomain>a.example</xmppDomain>',
    )
  })

  it('checks passwords and requests of clients where the state is', async () => {
    const { a, b } = await pair()
    const guesser = await RawClient.open(b.xmppPort)
    guesser.header(DOMAINS.B)
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      guesser.send(auth(plain('1006', `wrong ${wrong}`)))
      await guesser.until('<not-authorized/></failure>')
    }
    const locked = await fetch(`${a.base}/finesse/api/User/1006`, { headers: { authorization: basic('1006') } })
    expect(locked.status).toBe(401)
    // What the servers ask each other is for nobody else, on neither of them.
    expect((await fetch(`${a.base}/pair/subscriptions`)).status).toBe(403)
    expect((await fetch(`${b.base}/pair/subscriptions`)).status).toBe(404)
    const forged = { [PAIR_HEADER]: proofOf('no key of this pair', 'B', 'server') }
    expect((await fetch(`${a.base}/pair/subscriptions`, { headers: forged })).status).toBe(403)
    expect((await fetch(`${b.base}/pair/subscriptions`, { headers: forged })).status).toBe(404)
  })

  it('loses the owner by kill -9: clients of the other side stay connected, and get everything once and in order', async () => {
    const { a, b, data, places } = await pair()
    const onA = await online(a, 'A', '1001')
    const onB = await online(b, 'B', '1002')
    const port = Number(new URL(b.base).port)
    const byWebSocket = await available(await WebSocketClient.open(port), 'B', '1003')
    const bosh = new BoshStream(port)
    onTestFinished(() => bosh.stopReading())
    const byBosh = await available(bosh, 'B', '1004')
    const supervisor = await online(b, 'B', '1234')
    await subscribe(supervisor, 'B', '1234', '/finesse/api/Team/2001/Users')
    const others = { 1003: byWebSocket, 1004: byBosh }
    expect((await ask(a, '1001', SIGN_IN('1001'))).status).toBe(202)
    for (const user of ['1002', ...Object.keys(others)]) expect((await ask(b, user, SIGN_IN(user))).status).toBe(202)
    const work = busy(b, '1002')
    await onB.until('<requestId>10<'.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
    await a.kill()
    await onA.end()
    // The health beacon says that nobody serves, and then that somebody does.
    await onB.until(`<presence type="unavailable" from="finesse@${DOMAINS.B}"`)
    await onB.until(`<presence from="finesse@${DOMAINS.B}"`)
    await b.line('in service')
    const team = () => itemsSeen(supervisor).get('/finesse/api/Team/2001/Users') ?? []
    const ofTeam = team().length
    expect(ofTeam).toBeGreaterThan(0)
    const before = requestsSeen(onB, '1002').length
    while (requestsSeen(onB, '1002').length < before + 10) await onB.until('</message>')
    const confirmed = await work.stop()
    const last = confirmed.at(-1)
    while (requestsSeen(onB, '1002').at(-1) !== last) await onB.until('</message>')
    const seen = requestsSeen(onB, '1002')
    expect(confirmed.filter((id) => !seen.includes(id))).toEqual([])
    isInOrder(onB)
    // The explicit subscription goes on too.
    while (team().length <= ofTeam) await supervisor.until('</message>')
    isInOrder(supervisor)
    for (const [user, client] of Object.entries(others)) {
      const own = () => itemsSeen(client).get(`/finesse/api/User/${user}`)?.length ?? 0
      const since = own()
      expect((await ask(b, user, READY)).status).toBe(202)
      while (own() === since) await client.until('</message>')
      isInOrder(client)
    }
    expect([onB, supervisor, byWebSocket, byBosh].map(({ closed }) => closed)).toEqual([false, false, false, false])

    // The agent of the lost side goes to the other one, as with Finesse.
    const moved = await online(b, 'B', '1001')
    expect((await ask(b, '1001', SIGN_IN('1001'))).status).toBe(202)
    expect((await ask(b, '1001', READY)).status).toBe(202)
    await moved.until('READY')

    // The lost process serves its side again.
    const again = serve(data, 'A', places.A)
    await again.line('serves side A: the owner is linked')
    const back = await online(again, 'A', '1005')
    expect((await ask(again, '1005', SIGN_IN('1005'))).status).toBe(202)
    await back.until('NOT_READY')
    expect((await ask(b, '1005')).text).toContain('<state>NOT_READY</state>')
    expect(onB.closed).toBe(false)
  })

  it.runIf(isWhole)('stops in order, first the owner and then the other one', async () => {
    const { a, b, data, places } = await pair()
    const onA = await online(a, 'A', '1001')
    const onB = await online(b, 'B', '1002')
    expect((await ask(b, '1002', SIGN_IN('1002'))).status).toBe(202)
    expect(await a.kill('SIGTERM')).toMatchObject({ code: 0, err: '' })
    expect(await onA.end()).not.toContain('system-shutdown')
    await b.line('in service')
    expect((await ask(b, '1002', READY)).status).toBe(202)
    await onB.until('&lt;state&gt;READY')
    const again = serve(data, 'A', places.A)
    await again.line('serves side A: the owner is linked')
    const back = await online(again, 'A', '1001')
    expect(await again.kill('SIGTERM')).toMatchObject({ code: 0, err: '' })
    expect(await back.end()).not.toContain('system-shutdown')
    expect((await ask(b, '1002', NOT_READY)).status).toBe(202)
    await onB.until('&lt;state&gt;NOT_READY')
    isInOrder(onB)
    expect(await b.kill('SIGTERM')).toMatchObject({ code: 0, err: '' })
    expect(await onB.end()).not.toContain('system-shutdown')
  })

  it.runIf(isWhole)(
    'loses the server that is not the owner: its clients go to the other side, and come back when it does',
    async () => {
      const { a, b, data, places } = await pair()
      const onA = await online(a, 'A', '1001')
      const onB = await online(b, 'B', '1002')
      expect((await ask(b, '1002', SIGN_IN('1002'))).status).toBe(202)
      await b.kill()
      await onB.end()
      const moved = await online(a, 'A', '1002')
      expect((await ask(a, '1002', SIGN_IN('1002'))).status).toBe(202)
      expect((await ask(a, '1002', READY)).status).toBe(202)
      await moved.until('READY')
      expect(onA.closed).toBe(false)
      const again = serve(data, 'B', places.B)
      await again.line('serves side B: the owner is linked')
      const back = await online(again, 'B', '1002')
      expect((await ask(again, '1002', NOT_READY)).status).toBe(202)
      await back.until('NOT_READY')
    },
  )
})
