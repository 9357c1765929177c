import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { attribute, BoshClient, send } from './support/bosh-client.ts'
import { auth, online, plain, RawClient } from './support/raw-client.ts'
import { VirtualClock } from './support/virtual-clock.ts'
import { publish, type World, world } from './support/world.ts'

let clock: VirtualClock
let running: World
let url: string

async function start(limits = {}): Promise<void> {
  clock = new VirtualClock()
  running = await world({ port: 0, httpBindPort: 0, clock, limits: { boshFarewellMs: 20, ...limits } })
  url = `http://127.0.0.1:${running.service.ports.httpBind}/http-bind`
}
beforeEach(() => start())
afterEach(() => running.service.close())

const NODE = '/finesse/api/User/1001'
const END = (condition?: string) =>
  `<body xmlns="http://jabber.org/protocol/httpbind" type="terminate"${condition === undefined ? '' : ` condition="${condition}"`}`
const EMPTY = '<body xmlns="http://jabber.org/protocol/httpbind"/>'
const ping = (id: string) =>
  `<iq xmlns='jabber:client' type='get' id='${id}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`
const pong = (id: string) =>
  `<iq xmlns="jabber:client" type="result" id="${id}" from="localhost" to="1001@localhost/d"/>`

/** Waits until the server has handled everything that was sent so far: a round trip through its event loop. */
async function roundTrip(): Promise<void> {
  const other = await RawClient.open(running.port)
  other.send('<x')
  other.send('>')
  await other.end()
}

/** Advances the clock in steps. The gateway can answer its pings between two steps. */
async function pass(milliseconds: number): Promise<void> {
  const witness = await online(running.port, '1002', 'witness')
  for (let rest = milliseconds; rest > 0; rest -= 10_000) {
    clock.advance(Math.min(rest, 10_000))
    await witness.barrier()
  }
  witness.socket.destroy()
}

describe('a session (notifications 3.6, XEP-0124, XEP-0206)', () => {
  test('from its request to the first notification', async () => {
    const client = new BoshClient(url)
    const opened = await client.open()
    expect([opened.status, opened.type]).toEqual([200, 'text/xml; charset=utf-8'])
    expect(
      Object.fromEntries(
        ['wait', 'hold', 'requests', 'inactivity', 'ver', 'from'].map((name) => [name, attribute(opened.body, name)]),
      ),
    ).toEqual({
      wait: '30',
      hold: '1',
      requests: '2',
      inactivity: '60',
      ver: '1.9',
      from: 'localhost',
    })
    expect(attribute(opened.body, 'authid')).toMatch(/^\w{16}$/)
    expect(client.sid).toMatch(/^\w{32}$/)
    expect(opened.body).toContain(
      '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism>',
    )
    expect(await client.post(auth(plain('1001')))).toContain('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    const restarted = await client.post('', "xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh' to='localhost'")
    expect(restarted).toContain('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session')
    expect(
      await client.post(
        "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>d</resource></bind></iq>",
      ),
    ).toContain('<jid>1001@localhost/d</jid>')
    expect(await client.post("<presence xmlns='jabber:client'/>")).toContain(
      '<presence xmlns="jabber:client" from="finesse@localhost" to="1001@localhost/d"/>',
    )
    const held = client.request()
    await publish(running.engine, NODE)
    expect((await held.answer).body).toContain(
      '<message xmlns="jabber:client" from="pubsub.localhost" to="1001@localhost"',
    )
  })

  test.each(['/http-bind', '/http-bind/', '/http-bind?x=1'])('path %s (1.2)', async (path) => {
    const client = new BoshClient(url.replace('/http-bind', path))
    expect((await client.open()).status).toBe(200)
  })

  test('any domain is accepted, and the real one answers (3.3)', async () => {
    const opened = await new BoshClient(url).open('192.0.2.1')
    expect(attribute(opened.body, 'from')).toBe('localhost')
  })

  test('a refused password, then the right one', async () => {
    const client = new BoshClient(url)
    await client.open()
    expect(await client.post(auth(plain('1001', 'wrong')))).toContain('<not-authorized/>')
    expect(await client.post(auth(plain('1001')))).toContain('<success ')
  })

  test.each([
    ["ver='1.6'", '1.6'],
    ["ver='1.11'", '1.11'],
    ["ver='1.99'", '1.11'],
    ['', '1.11'],
  ])('version %s: %s', async (create, version) => {
    expect(attribute((await new BoshClient(url, { create }).open()).body, 'ver')).toBe(version)
  })

  test('bounds of what a client may ask for', async () => {
    const { body } = await new BoshClient(url, { create: "hold='10' wait='3600'" }).open()
    expect([attribute(body, 'hold'), attribute(body, 'wait'), attribute(body, 'requests')]).toEqual(['1', '60', '2'])
  })

  test('stanzas that leave their namespace to the body', async () => {
    const client = await new BoshClient(url).online('1001')
    expect(await client.post("<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")).toContain(
      pong('p'),
    )
  })

  test('what was published between bind and presence is delivered after the beacon (5.4)', async () => {
    const client = await new BoshClient(url).signIn('1001', 'd')
    await publish(running.engine, NODE, 'early')
    const heard = await client.post("<presence xmlns='jabber:client'/>")
    expect(heard.indexOf('early')).toBeGreaterThan(heard.indexOf('finesse@localhost'))
  })
})

describe('requests and answers', () => {
  test('several stanzas in one body: each is answered, in order (3.3)', async () => {
    const client = await new BoshClient(url).online('1001')
    const heard = await client.post(`${ping('1+/=')}${ping('2')}${ping('3')}`)
    expect(heard).toContain(`${pong('1+/=')}${pong('2')}${pong('3')}`)
  })

  test('one request is held, and the next request releases it', async () => {
    const client = await new BoshClient(url).online('1001')
    const first = client.request()
    await roundTrip()
    const second = client.request("<message xmlns='jabber:client' to='1002@localhost'><body>x</body></message>")
    expect((await first.answer).body).toBe(EMPTY)
    await publish(running.engine, NODE)
    expect((await second.answer).body).toContain('<message ')
  })

  test('an answer goes to the oldest request', async () => {
    const client = await new BoshClient(url).online('1001')
    const first = client.request()
    await roundTrip()
    const second = client.request(ping('p'))
    expect((await first.answer).body).toContain(pong('p'))
    await publish(running.engine, NODE)
    expect((await second.answer).body).toContain('<message ')
  })

  test('a held request is answered empty after `wait`', async () => {
    const client = await new BoshClient(url).online('1001')
    const held = client.request()
    await roundTrip()
    clock.advance(30_000)
    expect((await held.answer).body).toBe(EMPTY)
  })

  test('what is published while no request is open waits for the next request, but the publisher does not wait', async () => {
    const client = await new BoshClient(url).online('1001')
    await publish(running.engine, NODE, 'one')
    await publish(running.engine, NODE, 'two')
    expect(await client.post()).toMatch(/one.*two/)
  })

  test('what does not fit into one answer is sent in several, in order', async () => {
    await running.service.close()
    await start({ boshAnswerBytes: 3000 })
    const client = await new BoshClient(url).online('1001')
    for (const letter of ['a', 'b', 'c']) await publish(running.engine, NODE, letter.repeat(2000))
    const answers = [await client.post(), await client.post(), await client.post()]
    expect(answers.map((answer) => /(a|b|c)\1{1999}/.exec(answer)?.[1])).toEqual(['a', 'b', 'c'])
  })

  test('a client that polls is answered at once, and its session ends when it polls too often', async () => {
    const client = await new BoshClient(url, { create: "hold='0' wait='0'" }).online('1001')
    expect(await client.post()).toBe(EMPTY)
    clock.advance(2000)
    expect(await client.post()).toBe(EMPTY)
    clock.advance(1999)
    expect(await client.post()).toContain(END('policy-violation'))
  })

  test('acknowledgements for a client that wants them (XEP-0124 9)', async () => {
    const client = new BoshClient(url, { create: "hold='1' wait='30' ver='1.9' ack='1'" })
    expect(attribute((await client.open()).body, 'ack')).toBe('1000000')
    const first = client.request()
    await roundTrip()
    client.request()
    expect(attribute((await first.answer).body, 'ack')).toBe('1000002')
  })
})

describe('request ids (XEP-0124 14)', () => {
  test('a request that overtakes another waits for it', async () => {
    const client = await new BoshClient(url).online('1001')
    const { rid } = client
    const later = client.request(ping('later'), '', rid + 2)
    await roundTrip()
    const sooner = client.request(ping('sooner'), '', rid + 1)
    const heard = `${(await sooner.answer).body}`
    expect(heard).toContain(`${pong('sooner')}${pong('later')}`)
    await publish(running.engine, NODE)
    expect((await later.answer).body).toContain('<message ')
  })

  test('a request id too far ahead ends the session', async () => {
    const client = await new BoshClient(url).online('1001')
    const answer = await client.request('', '', client.rid + 10).answer
    expect(answer.body).toBe(`${END('item-not-found')}/>`)
    await running.engine.logged('unavailable 1001@localhost/d')
  })

  test('a lost answer is sent again, and stanzas are not handled twice', async () => {
    const client = await new BoshClient(url).online('1001')
    const heard = await client.post(ping('p'))
    const again = await client.request(ping('p'), '', client.rid).answer
    expect(again.body).toBe(heard)
    const before = client.rid - 1
    expect((await client.request('', '', before).answer).body).toContain('finesse@localhost')
  })

  test('a request whose answer is no longer kept ends the session', async () => {
    const client = await new BoshClient(url).online('1001')
    expect((await client.request('', '', client.rid - 4).answer).body).toBe(`${END('item-not-found')}/>`)
  })

  test('a held request that is repeated on another connection gets the answer', async () => {
    const client = await new BoshClient(url).online('1001')
    const broken = client.request()
    await roundTrip()
    const again = client.request('', '', client.rid)
    await expect(broken.answer).rejects.toThrow()
    await publish(running.engine, NODE)
    expect((await again.answer).body).toContain('<message ')
  })

  test('so does one whose first connection was closed before', async () => {
    const client = await new BoshClient(url).online('1001')
    const broken = client.request()
    await roundTrip()
    broken.abort()
    await roundTrip()
    await publish(running.engine, NODE)
    expect((await client.request('', '', client.rid).answer).body).toContain('<message ')
  })
})

describe('the end of a session', () => {
  test.each([
    ['alone', ''],
    ['after a last presence', "<presence xmlns='jabber:client' type='unavailable'/>"],
  ])('terminate %s: answered, and the agent is unavailable', async (_case, content) => {
    const client = await new BoshClient(url).online('1001')
    const held = client.request()
    await roundTrip()
    const last = client.request(content, "type='terminate'")
    expect([(await held.answer).body, (await last.answer).body]).toEqual([`${END()}/>`, `${END()}/>`])
    await running.engine.logged('unavailable 1001@localhost/d')
    expect(await client.post()).toBe(`${END('item-not-found')}/>`)
  })

  test('inactivity of 60 s, counted from the last answer, ends the session', async () => {
    const client = await new BoshClient(url).online('1001')
    const held = client.request()
    await roundTrip()
    await pass(30_000)
    await held.answer
    await pass(59_999)
    expect(running.engine.log).not.toContain('unavailable 1001@localhost/d')
    clock.advance(1)
    await running.engine.logged('unavailable 1001@localhost/d')
    expect(await client.post()).toBe(`${END('item-not-found')}/>`)
  })

  test('what waits for a client that does not come back is lost with its session, other sessions receive it (5.4.4)', async () => {
    const client = await new BoshClient(url).online('1001', 'gone')
    const other = await online(running.port, '1001', 'there')
    // The notification counts as written: the publisher does not wait for a request that may never arrive.
    await publish(running.engine, NODE, 'only once')
    expect(await other.until('</message>')).toContain('only once')
    await pass(60_000)
    await running.engine.logged('unavailable 1001@localhost/gone')
    expect(await client.post()).toBe(`${END('item-not-found')}/>`)
    const again = await new BoshClient(url).online('1001', 'gone')
    expect(await again.post(ping('p'))).not.toContain('only once')
    expect(await other.barrier()).not.toContain('only once')
  })

  test('inactivity of a client whose connection broke ends the session', async () => {
    const client = await new BoshClient(url).online('1001')
    const held = client.request()
    await roundTrip()
    held.abort()
    await roundTrip()
    await pass(60_000)
    await running.engine.logged('unavailable 1001@localhost/d')
  })

  test('the held request is answered with conflict (9.5, 15.10)', async () => {
    const client = await new BoshClient(url).online('1001', 'same')
    const held = client.request()
    await roundTrip()
    await online(running.port, '1001', 'same')
    expect((await held.answer).body).toBe(
      `${END('remote-stream-error')}><stream:error xmlns:stream="http://etherx.jabber.org/streams"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></body>`,
    )
  })

  test('the next request is answered with conflict when none is held', async () => {
    const client = await new BoshClient(url).online('1001', 'same')
    await online(running.port, '1001', 'same')
    expect(await client.post()).toContain('<conflict ')
    expect(await client.post()).toBe(`${END('item-not-found')}/>`)
  })

  test('at a shutdown the beacon becomes unavailable, and the next request is answered with system-shutdown', async () => {
    await running.service.close()
    await start({ boshFarewellMs: 5000 })
    const client = await new BoshClient(url).online('1001')
    const held = client.request()
    await roundTrip()
    const closed = running.service.close()
    expect((await held.answer).body).toContain('type="unavailable" from="finesse@localhost"')
    expect(await client.post()).toBe(`${END('system-shutdown')}/>`)
    await closed
  })

  test('one session too many is answered with resource-constraint', async () => {
    await running.service.close()
    await start({ connections: 1 })
    await new BoshClient(url).online('1001')
    expect((await new BoshClient(url).open()).body).toMatch(/condition="remote-stream-error".*<resource-constraint /)
  })
})

describe('invalid requests (14)', () => {
  const body = (attributes: string, content = '') =>
    `<body xmlns='http://jabber.org/protocol/httpbind' ${attributes}>${content}</body>`

  test.each([
    ['not XML', '<body'],
    ['nothing', ''],
    ['another element', '<x/>'],
    ['no namespace', "<body rid='1'/>"],
    ['no rid', body('')],
    ['a rid that is no number', body("rid='x'")],
    ['a negative rid', body("rid='-1'")],
    ['a rid beyond exact numbers', body("rid='9007199254740991'")],
    ['text between stanzas', body("rid='1'", 'hello')],
    ['a DOCTYPE', `<!DOCTYPE x>${body("rid='1'")}`],
    ['a comment', body("rid='1'", '<!-- -->')],
    ['deep nesting', body("rid='1'", `${'<x>'.repeat(40)}${'</x>'.repeat(40)}`)],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0xff])],
  ])('%s: 400 and bad-request', async (_case, content) => {
    const answer = await send(url, content).answer
    expect([answer.status, answer.body]).toEqual([400, `${END('bad-request')}/>`])
  })

  test('too large: 413 and policy-violation, and other sessions go on', async () => {
    const client = await new BoshClient(url).online('1001')
    const answer = await send(url, body("rid='1'", 'x'.repeat(300_000))).answer
    expect([answer.status, answer.body]).toEqual([413, `${END('policy-violation')}/>`])
    expect(await client.post(ping('p'))).toContain(pong('p'))
  })

  test('a request that arrives byte by byte is read like any other', async () => {
    const content = Buffer.from(body("rid='1' to='localhost' hold='1' wait='1'"))
    const socket = await RawClient.open(running.service.ports.httpBind ?? 0)
    socket.send(`POST /http-bind HTTP/1.1\r\nhost: x\r\ncontent-length: ${content.length + 600}\r\n\r\n`)
    for (const byte of [...Buffer.from(' '.repeat(600)), ...content]) socket.send(Buffer.of(byte))
    expect(await socket.until('</body>')).toContain('<mechanism>PLAIN</mechanism>')
    socket.socket.destroy()
  })

  test('an unknown session: item-not-found', async () => {
    const answer = await send(url, body("rid='1' sid='nobody'")).answer
    expect([answer.status, answer.body]).toEqual([200, `${END('item-not-found')}/>`])
  })

  test.each(['GET', 'PUT', 'DELETE'])('%s: 405', async (method) => {
    const answer = await send(url, '', { method }).answer
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST, OPTIONS'])
  })

  test.each([
    ['a stanza before sign-in', ping('p'), 'not-authorized'],
    ['an element that is no stanza', '<hello xmlns="urn:x"/>', 'unsupported-stanza-type'],
  ])('%s ends the session', async (_case, content, condition) => {
    const client = new BoshClient(url)
    if (condition === 'not-authorized') await client.open()
    else await client.online('1001')
    const heard = await client.post(content)
    expect(heard).toContain(END('remote-stream-error'))
    expect(heard).toContain(`<${condition} `)
  })
})
