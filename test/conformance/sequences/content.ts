/** The content of notifications: `notifications 15.13`, 15.14. */
import { expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { auth, HEADER, plain, RawClient } from '../../xmpp/support/raw-client.ts'
import { received } from '../finesse-client.ts'
import { Client } from './client.ts'
import { inSegments, smallSegments } from './segments.ts'
import type { Stage } from './sequences.ts'

const SAMPLE = await loadDirectory()

/** Markup, quotes, and letters of other alphabets. */
const NAME = `A&B <c> "d" 'e' &amp; Ωмега 山田 😀`

/** Characters of two, three and four bytes. */
const ODD = 'Büro-山田-𐌰'

/** Names and values have 2000 bytes together (`dialog 1.4`), but more on the wire. */
const textAt = (index: number) => `${index}${'&'.repeat(20)}${index === 59 ? 'Büro ÿ' : ''}`

const LARGE_TASK = {
  scriptSelector: 'chat_sales',
  variables: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`user.v${index}`, textAt(index)])),
}

/** Signs in to Chat. Does not use the client's XMPP session. */
async function readyForChat(agent: Client): Promise<void> {
  const settings = '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  expect(await agent.putMedia('5002', `<state>LOGIN</state>${settings}`)).toBe(202)
  expect(await agent.putMedia('5002', '<state>READY</state>')).toBe(202)
}

/** Checks that the document has all values of the large task. */
function isWhole(document: string): void {
  expect(document.length).toBeGreaterThan(8192)
  expect(document.match(/<CallVariable>/g)).toHaveLength(60)
  expect(document).toContain(`59${'&amp;'.repeat(20)}Büro ÿ`)
}

export function contentSequences({ start }: Stage): void {
  it('15.13 escaping: a name with markup, quotes and other alphabets arrives as it is', async () => {
    const users = SAMPLE.directory.users.map((user) => (user.id === '1001' ? { ...user, firstName: NAME } : user))
    const on = await start({ directory: { ...SAMPLE, directory: { ...SAMPLE.directory, users } } })
    const agent = await on.connect('1001')
    expect(await agent.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
    expect((await agent.next()).value('firstName')).toBe(NAME)
    expect((await agent.me()).value('firstName')).toBe(NAME)
  })

  it('15.14 large dialog: sixty variables, over 8 kB, in one notification', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    await readyForChat(agent)
    await agent.lines(2)
    await on.acd('POST', '/tasks', LARGE_TASK)
    expect(await agent.lines(1)).toEqual(['User/1001/Media PUT Media RESERVED'])
    isWhole((await agent.next()).text)
  })

  it('15.14 over TCP in segments of seven bytes, both ways: the large dialog arrives whole', async () => {
    const on = await start()
    // Not one or five bytes: the client's library fails if a segment ends between `?` and `>` of the XML declaration.
    const relay = await smallSegments(on.xmppPort, 7)
    const agent = await on.connect('1001', { through: relay.port, resource: ODD })
    expect(agent.jid).toBe(`1001@${on.domain}/${ODD}`)
    await readyForChat(agent)
    await agent.lines(2)
    await on.acd('POST', '/tasks', LARGE_TASK)
    expect(await agent.lines(1)).toEqual(['User/1001/Media PUT Media RESERVED'])
    isWhole((await agent.next()).text)
    await agent.close()
    await relay.close()
  })

  it.each([
    ['byte by byte', 1],
    ['in segments of three bytes, also within a character', 3],
    ['all in one segment', Number.POSITIVE_INFINITY],
  ])(
    '15.14 a client that writes its own stanzas %s is understood, and reads the large dialog whole',
    async (_, size) => {
      const on = await start()
      const raw = await RawClient.open(on.xmppPort)
      const writes = async (text: string, answer: RegExp) => {
        await inSegments(raw.socket, Buffer.from(text), size)
        await raw.until(answer)
      }
      const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${ODD}</resource></bind>`
      const ping = (id: string) => `<iq type='get' id='${id}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`
      const answered = (id: string) => new RegExp(`<iq[^>]*id=["']${id}["'][^>]*>`)
      await writes(HEADER, /<\/stream:features>/)
      await writes(auth(plain('1001')), /<success[^>]*>/)
      await writes(HEADER, /<\/stream:features>/)
      await writes(`<iq type='set' id='bind'>${bind}</iq>`, new RegExp(`<jid>1001@localhost/${ODD}</jid>`))
      await writes(
        `<presence><priority>0</priority></presence> ${ping('p1')}${ping(ODD)}\n${ping('p3')}`,
        answered('p3'),
      )
      for (const id of ['p1', ODD]) expect(raw.received).toMatch(answered(id))
      await on.heard(`1001@localhost/${ODD}`, true)

      await readyForChat(new Client('1001', on))
      await on.acd('POST', '/tasks', LARGE_TASK)
      const stanza = (await raw.until('user.v59')) + (await raw.until('</message>'))
      isWhole(received(stanza.slice(stanza.lastIndexOf('<message')))?.text ?? '')
      raw.socket.destroy()
    },
  )
}
