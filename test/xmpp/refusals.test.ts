/**
 * Stanzas that are invalid: each is answered, or ends the stream with an error, at once and over every transport
 * (notifications 3.3, 3.5; RFC 6120 4.9, 7.1, 8.3; RFC 7395; XEP-0206).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HEADER, RawClient } from './support/raw-client.ts'
import { auth, plain } from './support/sign-in.ts'
import type { TransportClient } from './support/transport-client.ts'
import { type Connecting, signInBy, TRANSPORTS } from './support/transports.ts'
import { WebSocketClient } from './support/websocket-client.ts'
import { publish, type World, world } from './support/world.ts'

let running: World
beforeAll(async () => {
  running = await world({ httpBindPort: 0, limits: { boshFarewellMs: 20 } })
})
afterAll(() => running.service.close())

/** The received text without what the transport adds. */
const bare = (text: string) =>
  text
    .replaceAll(/<\/?body[^>]*>|<\/stream:stream>|<close [^>]*\/>/g, '')
    .replaceAll(/ xmlns="jabber:client"| xmlns:stream="[^"]*"/g, '')

const streamError = (condition: string) =>
  `<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`
const stanzaError = (name: string, attributes: string, type: string, condition: string) =>
  `<${name} type="error"${attributes}><error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></${name}>`

async function beforeSignIn(connect: Connecting): Promise<TransportClient> {
  const client = await connect(running)
  client.header('localhost')
  await client.until('</stream:features>')
  return client
}

async function beforeRestart(connect: Connecting): Promise<TransportClient> {
  const client = await beforeSignIn(connect)
  client.send(auth(plain('1001')))
  await client.until('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
  return client
}

async function beforeBinding(connect: Connecting): Promise<TransportClient> {
  const client = await beforeRestart(connect)
  client.header('localhost')
  await client.until('</stream:features>')
  return client
}

const BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind>"
const bound = (attributes: string) =>
  `<iq type="result"${attributes}><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>1001@localhost/r</jid></bind></iq>`
const PING = "<ping xmlns='urn:xmpp:ping'/>"

/** The namespaces that a stanza of a client may have: the one of clients, an empty one, and none. */
const NAMESPACES = ["xmlns='jabber:client'", "xmlns=''", '']
const OTHERS = ['jabber:server', 'jabber:component:accept', 'urn:x']

describe.each(Object.entries(TRANSPORTS))('over %s', (_transport, connect) => {
  describe('before sign-in', () => {
    test.each([
      ...['iq', 'message', 'presence'].flatMap((name) => NAMESPACES.map((ns) => `<${name} ${ns}/>`)),
      ...OTHERS.map((ns) => `<iq xmlns='${ns}' type='set' id='a'>${BIND}</iq>`),
      `<iq type='get' id='a'>${PING}</iq>`,
      `<auth mechanism='PLAIN'>${plain('1001')}</auth>`,
      "<what xmlns='urn:x'/>",
    ])('%s: not-authorized', async (stanza) => {
      const client = await beforeSignIn(connect)
      client.send(stanza)
      expect(bare(await client.end())).toBe(streamError('not-authorized'))
    })
  })

  describe('between sign-in and the new stream', () => {
    test('a stanza ends the stream, and the server sends a header before the error', async () => {
      const client = await beforeRestart(connect)
      client.send(`<iq type='set' id='b'>${BIND}</iq>`)
      const told = bare(await client.end())
      expect(told).toMatch(/<stream:error><(?:not-authorized|invalid-namespace) xmlns="[^"]*"\/><\/stream:error>$/)
      // BOSH has no second header.
      if (!(connect === TRANSPORTS.BOSH)) expect(told).toMatch(/^(?:<\?xml version="1.0"\?><stream:stream|<open) /)
    })
  })

  describe('before binding', () => {
    test.each(NAMESPACES)('bind in an iq with %s is answered', async (ns) => {
      const client = await beforeBinding(connect)
      client.send(`<iq ${ns} type='set' id='b'>${BIND}</iq>`)
      expect(bare(await client.until('</iq>'))).toBe(bound(' id="b"'))
    })

    test('bind without an id is answered without an id', async () => {
      const client = await beforeBinding(connect)
      client.send(`<iq type='set'>${BIND}</iq>`)
      expect(bare(await client.until('</iq>'))).toBe(bound(''))
    })

    test.each([
      ['iq without a type', `<iq id='a'>${BIND}</iq>`, stanzaError('iq', ' id="a"', 'modify', 'bad-request')],
      [
        'iq of an unknown type',
        `<iq type='x' id='a'>${BIND}</iq>`,
        stanzaError('iq', ' id="a"', 'modify', 'bad-request'),
      ],
      ['iq without a child', "<iq type='set' id='a'/>", stanzaError('iq', ' id="a"', 'modify', 'bad-request')],
      ['two children', `<iq type='set'>${BIND}${BIND}</iq>`, stanzaError('iq', '', 'modify', 'bad-request')],
      ['get', `<iq type='get' id='a'>${BIND}</iq>`, stanzaError('iq', ' id="a"', 'cancel', 'not-allowed')],
      [
        'bind in no namespace',
        "<iq type='set' id='a'><bind xmlns=''/></iq>",
        stanzaError('iq', ' id="a"', 'cancel', 'not-allowed'),
      ],
      [
        'another request to the server',
        `<iq type='get' id='a' to='localhost'>${PING}</iq>`,
        stanzaError('iq', ' id="a" from="localhost"', 'cancel', 'not-allowed'),
      ],
      ['presence', "<presence id='a'/>", stanzaError('presence', ' id="a"', 'cancel', 'not-allowed')],
      ['presence without a namespace', "<presence xmlns=''/>", stanzaError('presence', '', 'cancel', 'not-allowed')],
      [
        'message to the own account',
        "<message to='1001@localhost'><body>x</body></message>",
        stanzaError('message', ' from="1001@localhost"', 'cancel', 'not-allowed'),
      ],
      ['result', "<iq type='result' id='a'/>", ''],
      ['error', "<message type='error'/>", ''],
    ])('%s: answered, and the client can still bind', async (_case, stanza, answer) => {
      const client = await beforeBinding(connect)
      client.send(stanza)
      client.send(`<iq type='set' id='b'>${BIND}</iq>`)
      expect(bare(await client.until('</bind></iq>'))).toBe(answer + bound(' id="b"'))
    })

    test.each([
      ["<message to='1002@localhost'/>", 'not-authorized'],
      ["<presence to='finesse@localhost'/>", 'not-authorized'],
      [`<iq type='get' id='a' to='pubsub.localhost'>${PING}</iq>`, 'not-authorized'],
      ["<presence to='1002@elsewhere.test'/>", 'not-authorized'],
      ...OTHERS.map((ns) => [`<iq xmlns='${ns}' type='set' id='b'>${BIND}</iq>`, 'unsupported-stanza-type']),
      ["<what xmlns='urn:x'/>", 'unsupported-stanza-type'],
      ['<what/>', 'unsupported-stanza-type'],
      [auth(plain('1001')), 'unsupported-stanza-type'],
    ])('%s ends the stream: %s', async (stanza, condition) => {
      const client = await beforeBinding(connect)
      client.send(stanza)
      expect(bare(await client.end())).toBe(streamError(condition))
    })
  })

  describe('in a session', () => {
    const to = ' to="1001@localhost/r"'
    const open = () => signInBy(connect, running, '1001', { resource: 'r' })

    test.each(NAMESPACES)('stanzas with %s are accepted', async (ns) => {
      const client = await open()
      client.send(`<presence ${ns}><priority>3</priority></presence>`)
      await client.until('from="finesse@localhost"')
      client.send(`<message ${ns} to='1002@localhost'><body>x</body></message>`)
      client.send(`<iq ${ns} type='get' id='a'>${PING}</iq>`)
      await client.until(' type="result" id="a"')
      await publish(running.engine, '/finesse/api/User/1001', 'news')
      expect(await client.until('</message>')).toContain('>news<')
    })

    test.each([
      ['iq without an id', `<iq type='get'>${PING}</iq>`, `<iq type="result"${to}/>`],
      ['iq without a type', `<iq id='a'>${PING}</iq>`, stanzaError('iq', ` id="a"${to}`, 'modify', 'bad-request')],
      ['iq without a child', "<iq type='get' id='a'/>", stanzaError('iq', ` id="a"${to}`, 'modify', 'bad-request')],
      [
        'two children',
        `<iq type='get' id='a'>${PING}${PING}</iq>`,
        stanzaError('iq', ` id="a"${to}`, 'modify', 'bad-request'),
      ],
      [
        'unknown request',
        "<iq type='set' id='a'><what xmlns='urn:x'/></iq>",
        stanzaError('iq', ` id="a"${to}`, 'cancel', 'service-unavailable'),
      ],
      [
        'presence of an unknown type',
        "<presence type='x' id='a'/>",
        stanzaError('presence', ` id="a"${to}`, 'modify', 'bad-request'),
      ],
      [
        'presence of an unknown type to somebody',
        "<presence type='x' to='finesse@localhost'/>",
        stanzaError('presence', ` from="finesse@localhost"${to}`, 'modify', 'bad-request'),
      ],
      ['presence of type error', "<presence type='error'/>", ''],
      [
        'message to an unknown user',
        "<message to='9@localhost'/>",
        stanzaError('message', ` from="9@localhost"${to}`, 'cancel', 'service-unavailable'),
      ],
    ])('%s: answered', async (_case, stanza, answer) => {
      const client = await open()
      client.send(stanza)
      expect(bare(await client.barrier())).toBe(answer)
    })

    test.each([
      ...OTHERS.map((ns) => `<iq xmlns='${ns}' type='get' id='a'>${PING}</iq>`),
      ...OTHERS.map((ns) => `<presence xmlns='${ns}'/>`),
      '<what/>',
      "<what xmlns='jabber:client'/>",
      "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>",
      auth(plain('1001')),
    ])('%s ends the stream: unsupported-stanza-type', async (stanza) => {
      const client = await open()
      client.send(stanza)
      expect(bare(await client.end())).toBe(streamError('unsupported-stanza-type'))
    })

    test('a stream error of the client ends the stream without a second error', async () => {
      const client = await open()
      client.send(
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
      )
      expect(bare(await client.end())).toBe('')
    })
  })
})

describe('WebSocket frames without any namespace (notifications 3.5, ruling 48)', () => {
  test('sign a client in and subscribe it, as go-xmpp does', async () => {
    const client = await WebSocketClient.open(running.service.ports.httpBind ?? 0)
    client.header('localhost')
    await client.until('</stream:features>')
    client.send(auth(plain('1001')))
    await client.until('<success')
    client.header('localhost')
    await client.until('</stream:features>')
    client.socket.send(`<iq type='set' id='1'>${BIND}</iq>`)
    expect(bare(await client.until('</iq>'))).toBe(bound(' id="1"'))
    client.socket.send("<iq type='set' id='2'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>")
    await client.until('type="result" id="2"')
    client.socket.send("<presence xml:lang='en'></presence>")
    await client.until('from="finesse@localhost"')
    client.socket.send(
      "<iq type='set' id='3' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/finesse/api/Queue/5001' jid='1001@localhost/r'/></pubsub></iq>",
    )
    expect(await client.until('</iq>')).toContain('subscription="subscribed"')
  })
})

describe('the content namespace of a TCP stream (RFC 6120 4.8)', () => {
  const open = async (header: string) => {
    const client = await RawClient.open(running.port)
    client.send(header)
    return client
  }

  test('none, with stanzas without a namespace or with a prefix: accepted', async () => {
    const header = HEADER.replace(" xmlns='jabber:client'", '')
    const client = await open(header + auth(plain('1001')))
    await client.until('<success')
    client.send(`${header}<iq type='set' id='b'>${BIND}</iq>`)
    expect(await client.until('</iq>')).toContain('<jid>1001@localhost/r</jid>')
    client.send(`<c:iq xmlns:c='jabber:client' type='get' id='p'>${PING}</c:iq>`)
    await client.until('type="result" id="p"')
  })

  test.each(['jabber:server', 'urn:x'])('%s: invalid-namespace', async (ns) => {
    const client = await open(HEADER.replace('jabber:client', ns))
    expect(bare(await client.end())).toMatch(new RegExp(`${streamError('invalid-namespace')}$`))
  })
})
