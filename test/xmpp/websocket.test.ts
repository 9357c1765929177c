import { createServer } from 'node:http'
import { createClient } from 'stanza'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { plain } from './support/raw-client.ts'
import { publish, type World, world } from './support/world.ts'

let running: World
let url: string
beforeEach(async () => {
  running = await world({ port: 'off', httpBindPort: 0 })
  url = `ws://127.0.0.1:${running.service.ports.httpBind}/ws`
})
afterEach(() => running.service.close())

/** A WebSocket that records the frames it receives. */
class Frames {
  readonly socket: WebSocket
  readonly #frames: string[] = []
  #wake: () => void = () => undefined
  readonly closed: Promise<number>

  constructor(address: string, protocols: string[] = ['xmpp']) {
    this.socket = new WebSocket(address, protocols)
    this.socket.on('message', (data) => {
      this.#frames.push(data.toString())
      this.#wake()
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
  }

  async opened(): Promise<this> {
    await new Promise((resolve) => this.socket.once('open', resolve))
    return this
  }

  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  send(text: string): void {
    this.socket.send(text)
  }
}

const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'
const AUTH = `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${plain('1001')}</auth>`

describe('RFC 7395 (notifications 3.5)', () => {
  test('every frame is one element with its own namespaces', async () => {
    const client = await new Frames(url).opened()
    expect(client.socket.protocol).toBe('xmpp')
    client.send(OPEN)
    expect(await client.next()).toMatch(
      /^<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="localhost" id="\w+" version="1\.0" xml:lang="en"\/>$/,
    )
    expect(await client.next()).toMatch(
      /^<stream:features xmlns:stream="http:\/\/etherx\.jabber\.org\/streams"><mechanisms/,
    )
    client.send(AUTH)
    expect(await client.next()).toBe('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    client.send(OPEN)
    expect(await client.next()).toMatch(/^<open /)
    expect(await client.next()).toContain('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session')
    client.send(
      '<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>d</resource></bind></iq>',
    )
    expect(await client.next()).toMatch(/^<iq xmlns="jabber:client" type="result" id="b">/)
    client.send(' ')
    client.send('<presence xmlns="jabber:client"/>')
    expect(await client.next()).toBe('<presence xmlns="jabber:client" from="finesse@localhost" to="1001@localhost/d"/>')
    await publish(running.engine, '/finesse/api/User/1001')
    expect(await client.next()).toMatch(/^<message xmlns="jabber:client" from="pubsub\.localhost" to="1001@localhost"/)
    client.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>')
    expect(await client.next()).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>')
    expect(await client.closed).toBe(1000)
  })

  test('frames sent without waiting are handled in order', async () => {
    const client = await new Frames(url).opened()
    for (const frame of [OPEN, AUTH, OPEN]) client.send(frame)
    client.send('<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')
    const frames: string[] = []
    for (let count = 0; count < 6; count += 1) frames.push(await client.next())
    expect(frames[5]).toContain('<jid>1001@localhost/')
  })

  test.each(['/ws/', '/ws?x=1'])('path %s (1.2)', async (path) => {
    const client = await new Frames(url.replace('/ws', path)).opened()
    client.send(OPEN)
    await client.next()
  })

  test('a client that offers no sub-protocol is served', async () => {
    const client = await new Frames(url, []).opened()
    client.send(OPEN)
    await client.next()
  })

  test('other paths and plain requests: 404', async () => {
    const client = new Frames(url.replace('/ws', '/other'))
    expect(await client.closed).toBe(1006)
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(404)
  })

  test('pings are answered', async () => {
    const client = await new Frames(url).opened()
    client.socket.ping('x')
    await new Promise((resolve) => client.socket.once('pong', resolve))
  })

  test.each([
    ['malformed XML', '<iq', 'not-well-formed'],
    ['a control character of XML 1.1', '<?xml version="1.1"?><iq id="&#1;"/>', 'not-well-formed'],
    ['a space that XML does not know', '\u00a0', 'not-well-formed'],
    ['two elements', `${OPEN}${OPEN}`, 'not-well-formed'],
    ['a DOCTYPE', '<!DOCTYPE x><x/>', 'restricted-xml'],
    ['a giant frame', `<x>${'x'.repeat(70_000)}</x>`, 'policy-violation'],
    ['very many elements', `<x>${'<y/>'.repeat(4096)}</x>`, 'policy-violation'],
    [
      'very many attributes',
      `<x ${Array.from({ length: 4096 }, (_, n) => `a${n}=""`).join(' ')}/>`,
      'policy-violation',
    ],
    ['very many references', `<x>${'&lt;'.repeat(4096)}</x>`, 'policy-violation'],
    ['very many carriage returns', `<x>${'\r'.repeat(4096)}</x>`, 'policy-violation'],
    ['very many CDATA sections', `<x>${'<![CDATA[]]>'.repeat(4096)}</x>`, 'policy-violation'],
    ['deep nesting', `${'<x>'.repeat(50)}${'</x>'.repeat(50)}`, 'policy-violation'],
    ['an unknown framing element', '<what xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>', 'bad-format'],
    ['a stanza before the header', '<iq xmlns="jabber:client"/>', 'not-authorized'],
    ['bytes', Buffer.from(OPEN), 'bad-format'],
  ])('%s ends the stream', async (_case, frame, condition) => {
    const client = await new Frames(url).opened()
    client.socket.send(frame)
    expect(await client.next()).toMatch(/^<open /)
    expect(await client.next()).toBe(
      `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`,
    )
    await client.closed
  })

  test('a far too large frame closes the connection', async () => {
    const client = await new Frames(url).opened()
    client.send('x'.repeat(1_000_000))
    expect(await client.closed).toBe(1009)
  })

  test('text that is not UTF-8 closes the connection', async () => {
    const client = await new Frames(url).opened()
    client.socket.send(Buffer.from([0x3c, 0xff]), { binary: false })
    expect(await client.closed).toBe(1007)
  })

  test('a frame in many pieces is read, and one in far too many pieces closes the connection', async () => {
    const client = await new Frames(url).opened()
    for (const character of OPEN.slice(0, -1)) client.socket.send(character, { fin: false })
    client.socket.send('>')
    expect(await client.next()).toMatch(/^<open /)
    for (let count = 0; count < 300; count += 1) client.socket.send(' ', { fin: false })
    expect(await client.closed).toBe(1008)
  })

  test('another HTTP server can serve the path', async () => {
    const server = createServer()
    server.on('upgrade', (request, socket, head) => {
      if (!running.service.handleUpgrade(request, socket, head)) socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const client = await new Frames(`ws://127.0.0.1:${port}/ws/`).opened()
    client.send(OPEN)
    await client.next()
    expect(await new Frames(`ws://127.0.0.1:${port}/other`).closed).toBe(1006)
    await running.service.close()
    await client.closed
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a foreign library', () => {
  test('stanza signs in and receives a notification', async () => {
    const client = createClient({
      jid: '1001@localhost',
      password: 'secret',
      resource: 'stanza',
      transports: { websocket: url, bosh: false },
    })
    const started = new Promise((resolve) => client.once('session:started', resolve))
    client.connect()
    await started
    const beacon = new Promise((resolve) => client.on('presence', resolve))
    client.sendPresence()
    expect(await beacon).toMatchObject({ from: 'finesse@localhost' })
    const event = new Promise((resolve) => client.on('message', resolve))
    await publish(running.engine, '/finesse/api/User/1001', '<Update/>')
    expect(await event).toMatchObject({
      from: 'pubsub.localhost',
      pubsub: { items: { node: '/finesse/api/User/1001' } },
    })
    expect(await client.getRoster()).toMatchObject({ items: [{ jid: 'finesse@localhost', subscription: 'both' }] })
    expect(await client.subscribeToNode('pubsub.localhost', '/finesse/api/Queue/5001')).toMatchObject({
      state: 'subscribed',
    })
    const gone = new Promise((resolve) => client.once('disconnected', resolve))
    client.disconnect()
    await gone
    await running.engine.logged('unavailable 1001@localhost/stanza')
  })
})
