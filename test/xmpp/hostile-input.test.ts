import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveTcp } from '../../src/xmpp/service/transports/tcp.ts'
import { auth, HEADER, online, plain, RawClient } from './support/raw-client.ts'
import { publish, type World, world } from './support/world.ts'

let running: World
beforeAll(async () => {
  running = await world({ limits: { stanzaBytes: 10_000 } })
})
afterAll(() => running.service.close())

function streamError(condition: string): string {
  return `<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>`
}

describe('XML that ends the stream (notifications 14, RFC 6120 11)', () => {
  test.each([
    ['unbalanced tags', '<iq><a></iq>', 'not-well-formed'],
    ['unquoted attribute', '<iq id=1/>', 'not-well-formed'],
    ['control character', '<iq id="&#1;"/>', 'not-well-formed'],
    ['space that XML does not know, in a tag', '<iq\u00a0/>', 'not-well-formed'],
    ['space that XML does not know, between stanzas', '\u00a0<presence/>', 'bad-format'],
    ['duplicate attribute', '<iq id="1" id="2"/>', 'not-well-formed'],
    ['DOCTYPE', '<!DOCTYPE x [<!ENTITY a "b">]>', 'restricted-xml'],
    ['comment', '<!-- hello -->', 'restricted-xml'],
    ['processing instruction', '<?php echo 1 ?>', 'restricted-xml'],
    ['undeclared entity', '<message><body>&nbsp;</body></message>', 'restricted-xml'],
    ['unbound prefix', '<x:iq/>', 'bad-namespace-prefix'],
    ['text between stanzas', 'hello<presence/>', 'bad-format'],
    ['no stanza', '<hello xmlns="urn:x"/>', 'unsupported-stanza-type'],
    ['deep nesting', '<a>'.repeat(40), 'policy-violation'],
    ['a giant stanza', `<message><body>${'x'.repeat(10_001)}`, 'policy-violation'],
    ['a giant tag that never ends', `<message ${'a'.repeat(10_001)}`, 'policy-violation'],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0xff, 0xfe]), 'unsupported-encoding'],
  ])('%s', async (_case, input, condition) => {
    const client = await online(running.port, '1001')
    client.send(input)
    expect(await client.end()).toBe(streamError(condition))
  })

  test.each([
    ['DOCTYPE', '<!DOCTYPE stream><stream:stream>', 'restricted-xml'],
    ['another root', '<html>', 'invalid-namespace'],
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?>', 'unsupported-encoding'],
    ['a control character of XML 1.1', '<?xml version="1.1"?><stream:stream a="&#1;">', 'not-well-formed'],
    ['a giant header', `<stream:stream a="${'x'.repeat(10_001)}"`, 'policy-violation'],
  ])('before the header: %s. The server opens its stream to send the error', async (_case, input, condition) => {
    const client = await RawClient.open(running.port)
    client.send(input)
    const text = await client.end()
    expect(text).toMatch(/^<\?xml version="1\.0"\?><stream:stream /)
    expect(text.endsWith(streamError(condition))).toBe(true)
  })

  test('many stanzas below the limit are accepted, although they are above it together', async () => {
    const client = await online(running.port, '1001')
    for (let count = 0; count < 5; count += 1)
      client.send(`<message to='1002@localhost'><body>${'x'.repeat(9000)}</body></message>\n`)
    await client.barrier()
  })

  test('much white space is keep-alive, not a stanza', async () => {
    const client = await online(running.port, '1001')
    for (let count = 0; count < 5; count += 1) client.send(' \n'.repeat(4000))
    await client.barrier()
  })

  test('one bad client does not disturb another', async () => {
    const good = await online(running.port, '1002', 'good')
    const bad = await online(running.port, '1001')
    bad.send('<<<')
    await bad.end()
    await publish(running.engine, '/finesse/api/User/1002')
    await good.until('</message>')
  })
})

describe('random input', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      HEADER,
      auth(plain('1001')),
      '<iq',
      " type='set' id='x'>",
      "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
      '</iq>',
      '<presence/>',
      "<presence type='unavailable'/>",
      '<message',
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'>",
      "<subscribe node='/finesse/api/SystemInfo' jid='1001@localhost'/></pubsub>",
      '</stream:stream>',
      '<![CDATA[',
      ']]>',
      '&#x110000;',
    ),
    fc.string(),
  )
  const input = fc.oneof(
    fc.array(fragment, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.concat([Buffer.from(HEADER), bytes])),
  )

  test('never harms the service', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 3 }), async (chunks) => {
        const client = await RawClient.open(running.port)
        for (const chunk of chunks) client.send(chunk)
        client.socket.end()
        await client.end()
      }),
      { numRuns: 300 },
    )
    const client = await online(running.port, '1001')
    await publish(running.engine, '/finesse/api/User/1001')
    await client.until('</message>')
  })

  test('does no more to a signed-in stream than end it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 3 }), async (chunks) => {
        const client = await online(running.port, '1003')
        for (const chunk of chunks) client.send(chunk)
        client.socket.end()
        await client.end()
      }),
      { numRuns: 150 },
    )
    const client = await online(running.port, '1003')
    await client.barrier()
  })
})

describe('input in many pieces', () => {
  const limits = { stanzaBytes: 256 * 1024, depth: 16, nodes: 4096 }
  const header = '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0">'

  /** The calls of the handlers for one stanza whose text is `text`: those made at once, and all of them. */
  async function handedOver(text: string) {
    // What was done before in the same turn of the event loop would leave less time for this.
    for (let count = 0; count < 3; count += 1) await nextTurn()
    const { promise, resolve } = Promise.withResolvers<void>()
    const told: string[] = []
    const socket = new Socket()
    serveTcp(socket, limits, () => ({
      alive: () => undefined,
      opened: () => told.push('opened'),
      element: ({ children }) => {
        told.push(`${children.join('').length} characters`)
        resolve()
        return undefined
      },
      closed: () => undefined,
      failed: ({ condition }) => told.push(condition),
      waits: () => undefined,
      gone: () => undefined,
    }))
    socket.emit('data', Buffer.from(`${header}<message>${text}</message>`))
    const atOnce = [...told]
    await promise
    socket.destroy()
    return { atOnce, told }
  }

  test('a segment full of > is read in several turns, so that other clients do not wait for it (RFC 6120 11.4)', async () => {
    const few = ['opened', '1000 characters']
    expect(await handedOver('>'.repeat(1000))).toEqual({ atOnce: few, told: few })
    expect(await handedOver('>'.repeat(60_000))).toEqual({ atOnce: ['opened'], told: ['opened', '60000 characters'] })
    expect(await handedOver('a>'.repeat(30_000))).toEqual({ atOnce: ['opened'], told: ['opened', '60000 characters'] })
  })
})
