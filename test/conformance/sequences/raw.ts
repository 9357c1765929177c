/** A client that writes its own stanzas, for `notifications 15.13`, 15.14. */
import { expect } from 'vitest'
import { auth, HEADER, plain, RawClient } from '../../xmpp/support/raw-client.ts'
import { received } from '../finesse-client.ts'
import { isWhole, LARGE_TASK, ODD, readyForChat } from './content.ts'
import { inSegments } from './segments.ts'
import type { Stage } from './sequences.ts'

export function rawSequences({ start, holds }: Stage): void {
  for (const [how, size] of [
    ['byte by byte', 1],
    ['in segments of three bytes, also within a character', 3],
    ['all in one segment', Number.POSITIVE_INFINITY],
  ] as const)
    holds(
      `15.14 a client that writes its own stanzas ${how} is understood, and reads the large dialog whole`,
      async () => {
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

        await readyForChat(on.restOnly('1001'))
        await on.acd('POST', '/tasks', LARGE_TASK)
        const stanza = (await raw.until('user.v59')) + (await raw.until('</message>'))
        isWhole(received(stanza.slice(stanza.lastIndexOf('<message')))?.text ?? '')
        raw.socket.destroy()
      },
      'plain-sockets',
    )
}
