/** The content of notifications: `notifications 15.13`, 15.14. */
import { expect } from 'vitest'
import { directoryWith } from '../rows/stage.ts'
import type { Client } from './client.ts'
import { smallSegments } from './segments.ts'
import type { Stage } from './sequences.ts'

/** Markup, quotes, and letters of other alphabets. */
const NAME = `A&B <c> "d" 'e' &amp; Ωмега 山田 😀`

/** Characters of two, three and four bytes. */
export const ODD = 'Büro-山田-𐌰'

/** Names and values have 2000 bytes together (`dialog 1.4`), but more on the wire. */
const textAt = (index: number) => `${index}${'&'.repeat(20)}${index === 59 ? 'Büro ÿ' : ''}`

export const LARGE_TASK = {
  scriptSelector: 'chat_sales',
  variables: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`user.v${index}`, textAt(index)])),
}

/** Signs in to Chat. Does not use the client's XMPP session. */
export async function readyForChat(agent: Client): Promise<void> {
  const settings = '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  expect(await agent.putMedia('5002', `<state>LOGIN</state>${settings}`)).toBe(202)
  expect(await agent.putMedia('5002', '<state>READY</state>')).toBe(202)
}

/** Checks that the document has all values of the large task. */
export function isWhole(document: string): void {
  expect(document.length).toBeGreaterThan(8192)
  expect(document.match(/<CallVariable>/g)).toHaveLength(60)
  expect(document).toContain(`59${'&amp;'.repeat(20)}Büro ÿ`)
}

export function contentSequences({ start, holds }: Stage): void {
  holds('15.13 escaping: a name with markup, quotes and other alphabets arrives as it is', async () => {
    const on = await start({ directory: directoryWith(['firstName: Ana', `firstName: ${JSON.stringify(NAME)}`]) })
    const agent = await on.connect('1001')
    expect(await agent.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
    expect((await agent.next()).value('firstName')).toBe(NAME)
    expect((await agent.me()).value('firstName')).toBe(NAME)
  })

  holds('15.14 large dialog: sixty variables, over 8 kB, in one notification', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    await readyForChat(agent)
    await agent.lines(2)
    await on.acd('POST', '/tasks', LARGE_TASK)
    expect(await agent.lines(1)).toEqual(['User/1001/Media PUT Media RESERVED'])
    isWhole((await agent.next()).text)
  })

  holds(
    '15.14 over TCP in segments of seven bytes, both ways: the large dialog arrives whole',
    async () => {
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
    },
    'plain-sockets',
  )
}
