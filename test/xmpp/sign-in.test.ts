import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auth, HEADER, plain, RawClient, signIn } from './support/raw-client.ts'
import { type World, world } from './support/world.ts'

let running: World
beforeEach(async () => {
  running = await world()
})
afterEach(() => running.service.close())

const BIND = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"

async function atSasl(): Promise<RawClient> {
  const client = await RawClient.open(running.port)
  client.send(HEADER)
  await client.until('</stream:features>')
  return client
}

describe('opening a stream (notifications 3.1)', () => {
  test('goes from header to session in the order of the table', async () => {
    const client = await RawClient.open(running.port)
    client.send(HEADER)
    const first = await client.until('</stream:features>')
    expect(first).toMatch(
      /^<\?xml version="1\.0"\?><stream:stream xmlns="jabber:client" xmlns:stream="http:\/\/etherx\.jabber\.org\/streams" from="localhost" id="\w{16}" version="1\.0" xml:lang="en"><stream:features>/,
    )
    expect(first).toContain(
      '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms>',
    )
    client.send(auth(plain('1001')))
    expect(await client.until('/>')).toBe('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    client.send(HEADER)
    expect(await client.until('</stream:features>')).toContain(
      '<stream:features><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></stream:features>',
    )
    client.send(
      "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x y</resource></bind></iq>",
    )
    expect(await client.until('</iq>')).toBe(
      '<iq type="result" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>1001@localhost/x y</jid></bind></iq>',
    )
    client.send("<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>")
    expect(await client.until('/>')).toBe('<iq type="result" id="s" to="1001@localhost/x y"/>')
    client.send('</stream:stream>')
    expect(await client.end()).toBe('</stream:stream>')
  })

  test('a resource is generated when the client gives none, a different one each time (2.4)', async () => {
    const [one, two] = await Promise.all([signIn(running.port, '1001'), signIn(running.port, '1001')])
    const [first, second] = [one, two].map(
      (client) => /<jid>1001@localhost\/(\w{16})<\/jid>/.exec(client.received)?.[1],
    )
    expect(first).toBeDefined()
    expect(second).toBeDefined()
    expect(first).not.toBe(second)
  })

  test.each(['10.0.0.7', 'example.test', ''])(
    'stream `to` "%s" is accepted and answered with the real domain (3.3)',
    async (to) => {
      const client = await RawClient.open(running.port)
      client.send(HEADER.replace("to='localhost'", to === '' ? '' : `to='${to}'`))
      expect(await client.until('</stream:features>')).toContain('from="localhost"')
    },
  )

  test('everything in one segment is handled in order (3.3)', async () => {
    const client = await RawClient.open(running.port)
    const ping = (id: string) => `<iq type='get' id='${id}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`
    client.send(`${HEADER}${auth(plain('1001'))}\n${HEADER}${BIND}${ping('p1')} \n ${ping('p2')}${ping('p3')}`)
    await client.until('id="p1"')
    await client.until('id="p2"')
    await client.until('id="p3"')
  })

  test('everything byte by byte is handled, also when characters are cut', async () => {
    const client = await RawClient.open(running.port)
    const bytes = Buffer.from(
      `${HEADER}${auth(plain('1001'))}${HEADER}${BIND.replace('/></iq>', '><resource>Zoë☎𝄞</resource></bind></iq>')}`,
    )
    for (const byte of bytes) client.send(Buffer.of(byte))
    expect(await client.until('</jid>')).toContain('<jid>1001@localhost/Zoë☎𝄞</jid>')
  })
})

describe('PLAIN (notifications 3.2)', () => {
  test.each([
    ['empty', '1001', ''],
    ['bare JID', '1001', '1001@localhost'],
    ['bare JID of another domain', '1001', '1001@fin.example.test'],
    ['full JID', '1001', '1001@localhost/desktop'],
    ['plain name', '1001', '1001'],
    ['login name', 'areyes', 'areyes'],
    ['user id beside login name', 'areyes', '1001@localhost'],
    ['letter case', 'AReyes', 'areyes@LOCALHOST'],
    ['JID as name', '1001@localhost', '1001@localhost'],
  ])('authorization identity: %s', async (_form, name, authorization) => {
    const client = await atSasl()
    client.send(auth(plain(name, 'secret', authorization)))
    await client.until('<success')
    client.send(`${HEADER}${BIND}`)
    expect(await client.until('</jid>')).toMatch(/<jid>1001@localhost\/\w+<\/jid>/)
  })

  test.each([
    ['another local part', plain('1001', 'secret', '1002@localhost'), 'invalid-authzid'],
    ['wrong password', plain('1001', 'wrong'), 'not-authorized'],
    ['unknown user', plain('9999'), 'not-authorized'],
    ['the gateway account', plain('finesse'), 'not-authorized'],
    ['no Base64', '***', 'incorrect-encoding'],
    ['no password', Buffer.from('\x001001').toString('base64'), 'malformed-request'],
    ['empty', '=', 'malformed-request'],
  ])('refuses %s, and the client may try again', async (_case, content, condition) => {
    const client = await atSasl()
    client.send(auth(content))
    expect(await client.until('</failure>')).toBe(
      `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><${condition}/></failure>`,
    )
    client.send(auth(plain('1001')))
    await client.until('<success')
  })

  test('other mechanisms are refused', async () => {
    const client = await atSasl()
    client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>")
    expect(await client.until('</failure>')).toContain('<invalid-mechanism/>')
  })

  test('the credentials may be sent in a `response`', async () => {
    const client = await atSasl()
    client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>")
    await client.until('<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    client.send(`<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${plain('1001')}</response>`)
    await client.until('<success')
  })

  test('the fifth wrong password ends the stream', async () => {
    const client = await atSasl()
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      client.send(auth(plain('1001', 'wrong')))
      await client.until('<not-authorized/></failure>')
    }
    expect(await client.end()).toContain('<policy-violation')
  })

  test('nobody can sign in as the gateway account, even when the directory knows it', async () => {
    const other = await world({ accounts: { verify: async () => ({ id: 'Finesse', kind: 'administrator' }) } })
    const client = await RawClient.open(other.port)
    client.send(`${HEADER}${auth(plain('finesse'))}`)
    expect(await client.until('</failure>')).toContain('<not-authorized/>')
    await other.service.close()
  })

  test('when the check of the password fails, the answer is a temporary failure, not a wrong password', async () => {
    const other = await world({ accounts: { verify: () => Promise.reject(new Error('busy')) } })
    const client = await RawClient.open(other.port)
    client.send(`${HEADER}${auth(plain('1001'))}`)
    expect(await client.until('</failure>')).toContain('<temporary-auth-failure/>')
    await other.service.close()
  })

  test('a connection that closes during the check leaves no session behind', async () => {
    let answer: (value: undefined) => void = () => undefined
    let asked: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      asked = resolve
    })
    const verify = () => {
      asked()
      return new Promise<undefined>((resolve) => {
        answer = resolve
      })
    }
    const other = await world({ accounts: { verify } })
    const client = await RawClient.open(other.port)
    client.send(`${HEADER}${auth(plain('1001'))}<iq/>`)
    await begun
    client.socket.resetAndDestroy()
    await client.end()
    answer(undefined)
    await other.service.close()
    expect(other.service.figures.sessions).toBe(0)
  })
})

describe('before sign-in and binding', () => {
  test('a stanza before sign-in ends the stream', async () => {
    const client = await atSasl()
    client.send("<message to='1002@localhost'><body>x</body></message>")
    expect(await client.end()).toContain('<not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>')
  })

  test('a request before binding is answered', async () => {
    const client = await atSasl()
    client.send(auth(plain('1001')))
    await client.until('<success')
    client.send(
      `${HEADER}<presence/><iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>${BIND}`,
    )
    expect(await client.until('</iq>')).toContain('<not-allowed')
    await client.until('<jid>1001@localhost/')
  })

  test('too many sessions of one account: resource-constraint', async () => {
    const other = await world({ limits: { sessionsPerUser: 2 } })
    await signIn(other.port, '1001')
    await signIn(other.port, '1001')
    const third = await signIn(other.port, '1001')
    expect(third.received).toContain('<error type="wait"><resource-constraint')
    await other.service.close()
  })

  test('too many connections: resource-constraint', async () => {
    const other = await world({ limits: { connections: 1 } })
    await signIn(other.port, '1001')
    const second = await RawClient.open(other.port)
    expect(await second.end()).toMatch(/<stream:stream .*<stream:error><resource-constraint/)
    expect(other.service.figures).toMatchObject({ refused: 1, connections: 1 })
    expect(other.service.online).toBe(true)
    await other.service.close()
  })
})
