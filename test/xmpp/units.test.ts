import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeText } from '../../src/finesse/xml.ts'
import { nextPause, spread } from '../../src/waiting/pause.ts'
import { Turns } from '../../src/waiting/turns.ts'
import { escapedBytes } from '../../src/xmpp/gateway/text.ts'
import { formatJid, localPartOf, parseJid } from '../../src/xmpp/service/jid.ts'
import { authorizes, decodePlain } from '../../src/xmpp/service/sasl.ts'
import { textOf } from '../../src/xmpp/service/xml/element.ts'
import { stanza, tag } from '../../src/xmpp/service/xml/markup.ts'
import { parseFrame, StreamParser } from '../../src/xmpp/service/xml/parser.ts'

const limits = { stanzaBytes: 100_000, depth: 10, nodes: 1000 }

describe('XML', () => {
  test('attributes and text that are written are read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (attribute, text) => {
        // XML parsers read a bare carriage return in text as a line break.
        fc.pre(!text.includes('\r'))
        const element = parseFrame(stanza('message', { id: attribute }, tag('body', {}, text)).framed, limits)
        const [body] = element?.children ?? []
        expect(element?.attributes.get('id')).toBe(attribute)
        expect(typeof body === 'object' ? textOf(body) : undefined).toBe(text)
      }),
    )
  })

  test('escapes `&`, `<` and `>` in text and nothing else (notifications 6)', () => {
    expect(escapeText(`<a b="c" d='e'>&amp;</a>`)).toBe(`&lt;a b="c" d='e'&gt;&amp;amp;&lt;/a&gt;`)
    fc.assert(fc.property(fc.string(), (text) => escapedBytes(text) === Buffer.byteLength(escapeText(text))))
  })

  test('gives the same elements however the input is cut', () => {
    const input = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>  <a b='&lt;>'>x &amp; y<![CDATA[<z>]]></a> <p:b xmlns:p='q'/><c>é\u{1d11e}</c>`
    const read = (pieces: readonly string[]) => {
      const elements: string[] = []
      const show = (value: unknown) => JSON.stringify(value, (_key, part) => (part instanceof Map ? [...part] : part))
      const parser = new StreamParser(limits, {
        header: () => elements.push('header'),
        element: (element) => elements.push(show({ ...element, children: [textOf(element)] })),
        footer: () => elements.push('footer'),
      })
      for (const piece of pieces) parser.write(piece)
      return elements
    }
    const whole = read(input.split(/(?<=>)/))
    expect(whole).toHaveLength(4)
    fc.assert(
      fc.property(fc.array(fc.nat(input.length)), (cuts) => {
        // `write` requires that a piece ends at every `>`.
        const ends = [...input.matchAll(/>/g)].map((match) => match.index + 1)
        const places = [0, ...[...cuts, ...ends].sort((a, b) => a - b), input.length]
        expect(read(places.slice(1).map((end, index) => input.slice(places[index], end)))).toEqual(whole)
      }),
    )
  })
})

describe('addresses (notifications 2)', () => {
  test.each([
    ['1001@LocalHost/Desk Top', '1001@localhost/Desk Top'],
    ['JSmith@a.b', 'jsmith@a.b'],
    ['a.b/x/y@z', 'a.b/x/y@z'],
  ])('%s', (text, formatted) => {
    const jid = parseJid(text)
    expect(jid === undefined ? undefined : formatJid(jid)).toBe(formatted)
  })

  test.each(['', '@', '@a', 'a@', 'a@b/', 'a b@c', 'a@b@c', `${'x'.repeat(1024)}@a`])('"%s" is no address', (text) => {
    expect(parseJid(text)).toBeUndefined()
  })

  test('names with characters that a local part cannot hold are escaped', () => {
    expect(localPartOf('Site Admin@x')).toBe('site\\20admin\\40x')
    expect(localPartOf('1001')).toBe('1001')
  })
})

test('PLAIN never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (content) => void decodePlain(content)))
  expect(authorizes('1002', '1001', ['1001'])).toBe(false)
})

test('pauses double up to the longest, and each wait is at least half of its pause', () => {
  const limitsOf = { first: 100, longest: 1000 }
  const pauses: number[] = []
  for (let count = 0; count < 6; count += 1) pauses.push(nextPause(limitsOf, pauses.at(-1)))
  expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000])
  expect([spread(100, () => 0), spread(100, () => 0.5), spread(100, () => 1)]).toEqual([50, 75, 100])
})

test('turns keep their order and their limit, also after failures', async () => {
  const turns = new Turns({ running: 2, waiting: 3 }, () => new Error('too many'))
  const begun: number[] = []
  const finish: (() => void)[] = []
  const work = (number: number) => () => {
    begun.push(number)
    return new Promise<void>((resolve, reject) => {
      finish.push(() => (number === 0 ? reject(new Error('no')) : resolve()))
    })
  }
  const outcomes = [0, 1, 2, 3, 4, 5].map((number) => turns.run(work(number)))
  const settled = Promise.allSettled(outcomes)
  expect(begun).toEqual([0, 1])
  await expect(outcomes[5]).rejects.toThrow('too many')
  for (let number = 0; number < 5; number += 1) {
    while (finish[number] === undefined) await Promise.resolve()
    finish[number]?.()
  }
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect((await settled).map((outcome) => outcome.status)).toEqual([
    'rejected',
    ...Array(4).fill('fulfilled'),
    'rejected',
  ])
})
