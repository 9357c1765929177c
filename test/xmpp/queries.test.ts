import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { online, type RawClient } from './support/raw-client.ts'
import { type World, world } from './support/world.ts'

let running: World
let client: RawClient
beforeAll(async () => {
  running = await world()
  client = await online(running.port, '1001', 'd')
})
afterAll(() => running.service.close())

let ids = 0
/** Sends a request and gives the whole answer. */
async function ask(type: 'get' | 'set', to: string | undefined, payload: string): Promise<string> {
  ids += 1
  const address = to === undefined ? '' : ` to='${to}'`
  client.send(`<iq type='${type}' id='q${ids}'${address}>${payload}</iq>`)
  return client.barrier()
}

const TO = 'to="1001@localhost/d"'
const PUBSUB = 'pubsub.localhost'
const info = (node = '') => `<query xmlns='http://jabber.org/protocol/disco#info'${node && ` node='${node}'`}/>`
const items = (node = '') => `<query xmlns='http://jabber.org/protocol/disco#items'${node && ` node='${node}'`}/>`

describe('queries that are answered (notifications 3.4)', () => {
  test.each([
    [undefined, ''],
    ['1001@localhost', 'from="1001@localhost" '],
  ])('roster, asked of %s', async (to, from) => {
    expect(await ask('get', to, "<query xmlns='jabber:iq:roster'/>")).toBe(
      `<iq type="result" id="q${ids}" ${from}${TO}><query xmlns="jabber:iq:roster"><item jid="finesse@localhost" subscription="both"/></query></iq>`,
    )
  })

  test('domain: disco#info, disco#items, ping', async () => {
    const answer = await ask('get', 'localhost', info())
    expect(answer).toContain('from="localhost"')
    expect(answer).toContain('<identity category="server" type="im"')
    expect(answer).toContain('<feature var="urn:xmpp:ping"/>')
    expect(await ask('get', 'localhost', items())).toContain(
      '<query xmlns="http://jabber.org/protocol/disco#items"><item jid="pubsub.localhost"/></query>',
    )
    expect(await ask('get', 'localhost', "<ping xmlns='urn:xmpp:ping'/>")).toBe(
      `<iq type="result" id="q${ids}" from="localhost" ${TO}/>`,
    )
  })

  test('pubsub: identities of service and node, unknown node', async () => {
    expect(await ask('get', PUBSUB, info())).toContain('<identity category="pubsub" type="service"/>')
    const node = await ask('get', PUBSUB, info('/finesse/api/User/1001'))
    expect(node).toContain('node="/finesse/api/User/1001"')
    expect(node).toContain('<identity category="pubsub" type="leaf"/>')
    for (const unknown of [
      '/finesse/api/User/9',
      '/finesse/api/User/1001/x',
      '/finesse/api/Team/1/Users',
      '/x',
      '__proto__',
    ])
      expect(await ask('get', PUBSUB, info(unknown))).toContain('<item-not-found')
  })

  test('pubsub: disco#items lists what the caller may see', async () => {
    const answer = await ask('get', PUBSUB, items())
    expect(answer).toContain('node="/finesse/api/User/1001/Dialogs/Media"')
    expect(answer).toContain('node="/finesse/api/Team/2001/TeamMessages"')
    expect(answer).toContain('node="/finesse/api/Queue/5001"')
    expect(answer).not.toContain('/Team/2001/Users')
    expect(answer).not.toContain('/User/1002')
  })

  test('pubsub: subscriptions, one child for each, with node, jid and subscription', async () => {
    const pubsub = (inner: string) => `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${inner}</pubsub>`
    const jids = ['1001@localhost/d', '1001@localhost']
    for (const jid of jids) await ask('set', PUBSUB, pubsub(`<subscribe node='/finesse/api/Queue/5001' jid='${jid}'/>`))
    const own = ['', '/Dialogs', '/Media', '/Dialogs/Media', '/Queues', '/ClientLog']
    const nodes = ['SystemInfo', ...own.map((part) => `User/1001${part}`), 'Team/2001/TeamMessages']
    const expected = [...nodes.map((node) => [node, '1001@localhost']), ...jids.map((jid) => ['Queue/5001', jid])].map(
      ([node, jid]) => `<subscription node="/finesse/api/${node}" jid="${jid}" subscription="subscribed"/>`,
    )
    expect(await ask('get', PUBSUB, pubsub('<subscriptions/>'))).toContain(
      `<subscriptions>${expected.join('')}</subscriptions>`,
    )
  })
})

describe('unknown requests are answered too (notifications 3.3, 14)', () => {
  test.each([
    ['vCard', 'get', undefined, "<vCard xmlns='vcard-temp'/>", '<vCard xmlns="vcard-temp"/>'],
    ['private storage', 'get', undefined, "<query xmlns='jabber:iq:private'><a xmlns='b'/></query>", 'type="result"'],
    ['PEP', 'set', undefined, "<pubsub xmlns='http://jabber.org/protocol/pubsub'/>", 'service-unavailable'],
    [
      'PEP publish',
      'set',
      '1001@localhost',
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='x'><item/></publish></pubsub>",
      'service-unavailable',
    ],
    [
      'bytestreams',
      'get',
      'localhost',
      "<query xmlns='http://jabber.org/protocol/bytestreams'/>",
      'service-unavailable',
    ],
    [
      'roster change',
      'set',
      undefined,
      "<query xmlns='jabber:iq:roster'><item jid='x'/></query>",
      'service-unavailable',
    ],
    ['a payload without namespace', 'set', 'localhost', "<x xmlns=''/>", 'service-unavailable'],
    ['commands', 'set', 'localhost', "<command xmlns='http://jabber.org/protocol/commands'/>", 'service-unavailable'],
    ['another server', 'get', 'proxy.example.test', info(), 'remote-server-not-found'],
    ['another user', 'get', '1002@localhost', "<vCard xmlns='vcard-temp'/>", 'service-unavailable'],
    ['a full JID', 'get', '1002@localhost/d', "<ping xmlns='urn:xmpp:ping'/>", 'service-unavailable'],
    ['nobody', 'get', '4711@localhost', info(), 'service-unavailable'],
    ['finesse', 'get', 'finesse@localhost', info(), 'service-unavailable'],
    ['no address at all', 'get', '@/', info(), 'remote-server-not-found'],
    ['second bind', 'set', undefined, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", 'not-allowed'],
    ['no payload', 'get', 'localhost', '', 'bad-request'],
    ['two payloads', 'get', 'localhost', '<a/><b/>', 'bad-request'],
    [
      'unknown pubsub action',
      'get',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><affiliations/></pubsub>",
      'feature-not-implemented',
    ],
    [
      'publish',
      'set',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='/finesse/api/SystemInfo'/></pubsub>",
      'forbidden',
    ],
    ['create', 'set', PUBSUB, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><create/></pubsub>", 'forbidden'],
    [
      'delete',
      'set',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><delete node='x'/></pubsub>",
      'forbidden',
    ],
    [
      'configure',
      'set',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='/finesse/api/SystemInfo'/></pubsub>",
      'forbidden',
    ],
    [
      'reading the configuration',
      'get',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='/finesse/api/SystemInfo'/></pubsub>",
      'forbidden',
    ],
    [
      'retract',
      'set',
      PUBSUB,
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><retract node='/finesse/api/SystemInfo'/></pubsub>",
      'forbidden',
    ],
  ] as const)('%s', async (_case, type, to, payload, expected) => {
    const answer = await ask(type, to, payload)
    expect(answer).toContain(`id="q${ids}"`)
    expect(answer).toContain(expected)
    expect(answer.match(/<iq /g)).toHaveLength(1)
  })

  test('a type that does not exist is answered with an error', async () => {
    client.send("<iq type='what' id='w'/>")
    expect(await client.barrier()).toContain('<error type="modify"><bad-request')
  })

  test('ids come back byte for byte', async () => {
    client.send("<iq type='get' id='a+b/c==&amp;&quot;&#9;&lt;ü'><ping xmlns='urn:xmpp:ping'/></iq>")
    expect(await client.barrier()).toContain('id="a+b/c==&amp;&quot;&#9;&lt;ü"')
  })

  test('a request without an id is answered without an id', async () => {
    client.send("<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
    expect(await client.barrier()).toBe(`<iq type="result" ${TO}/>`)
  })

  test('results and errors are not answered', async () => {
    client.send("<iq type='result' id='r'/><iq type='error' id='e'/>")
    expect(await client.barrier()).toBe('')
  })
})

describe('messages (notifications 14)', () => {
  test('between users, to finesse and to services: dropped', async () => {
    for (const to of ['1002@localhost', 'finesse@localhost', 'localhost', PUBSUB, '1001@localhost'])
      client.send(`<message to='${to}' id='m'><body>x</body></message>`)
    expect(await client.barrier()).toBe('')
  })

  test('to an unknown local user: answered with service-unavailable', async () => {
    client.send("<message to='4711@localhost' id='m'><body>x</body></message>")
    expect(await client.barrier()).toMatch(
      /^<message type="error" id="m" from="4711@localhost" to="1001@localhost\/d"><error type="cancel"><service-unavailable/,
    )
  })

  test('an error is never answered', async () => {
    client.send("<message type='error' to='4711@localhost'/>")
    expect(await client.barrier()).toBe('')
  })
})

test('a client that opened its stream to another name may go on using it (3.3)', async () => {
  const { RawClient, HEADER, auth, plain } = await import('./support/raw-client.ts')
  const other = await RawClient.open(running.port)
  const header = HEADER.replace("to='localhost'", "to='10.0.0.7'")
  other.send(
    `${header}${auth(plain('1004'))}${header}<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`,
  )
  await other.until('</jid>')
  other.send("<iq type='get' id='p' to='10.0.0.7'><ping xmlns='urn:xmpp:ping'/></iq>")
  expect(await other.until('id="p" from="10.0.0.7"')).toContain('type="result"')
  other.send(
    "<iq type='set' id='s' to='pubsub.10.0.0.7'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/finesse/api/Queue/5001' jid='1004@10.0.0.7'/></pubsub></iq>",
  )
  expect(await other.until('</iq>')).toContain('jid="1004@localhost" subscription="subscribed"')
})
