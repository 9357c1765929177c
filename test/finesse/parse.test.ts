import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { MAX_DOCUMENT, parseRequest, type XmlElement } from '../../src/finesse/parse.ts'
import { escapeText, hasForbiddenCharacter } from '../../src/finesse/xml.ts'

/** A strict parser as a second opinion on well-formedness. */
function isWellFormed(text: string): boolean {
  let legal = true
  const parser = new SaxesParser({ fragment: false })
  parser.on('error', () => {
    legal = false
  })
  try {
    parser.write(text).close()
  } catch {
    legal = false
  }
  return legal
}

function value(root: XmlElement | undefined, name: string): string | undefined {
  return root?.children.find((child) => child.name === name)?.text
}

describe('reading a request body', () => {
  it.each([
    ['an extension with leading zeros', '<User><extension>0012</extension></User>', '0012'],
    ['an id that looks like a float', '<User><extension>1e3</extension></User>', '1e3'],
    ['a hexadecimal look', '<User><extension>0x10</extension></User>', '0x10'],
    ['a boolean', '<User><extension>true</extension></User>', 'true'],
    ['predefined entities', '<User><extension>&lt;&gt;&amp;&quot;&apos;</extension></User>', '<>&"\''],
    ['numeric references', '<User><extension>&#65;&#x42;&#x1f600;</extension></User>', 'AB\u{1f600}'],
    ['an escaped reference, once', '<User><extension>&amp;#65;</extension></User>', '&#65;'],
    ['CDATA as it stands', '<User><extension><![CDATA[<a>&amp;]]></extension></User>', '<a>&amp;'],
    ['CDATA that looks like a comment', '<User><extension><![CDATA[<!-- -- -->]]></extension></User>', '<!-- -- -->'],
    ['text around a comment', '<User><extension>1<!-- x -->2</extension></User>', '12'],
    ['white space around a value', '<User>\n  <extension>\n 1001 </extension>\n</User>\n', '1001'],
    ['an empty element', '<User><extension/></User>', ''],
    [
      'a declaration',
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<User><extension>1</extension></User>',
      '1',
    ],
    ['a byte order mark', '\ufeff<User><extension>1</extension></User>', '1'],
    ['attributes and a namespace', '<User xmlns="urn:x" a=\'"\'><extension b="&amp;">1</extension></User>', '1'],
    ['comments around the root', '<!-- a --> <User><extension>1</extension></User> <!-- b -->', '1'],
  ])('keeps %s', (_, text, expected) => {
    expect(value(parseRequest(text), 'extension')).toBe(expected)
  })

  it.each([
    '<User><state>READY</User>',
    '<User><state>READY</state>',
    '',
    '  ',
    'READY',
    'text<User/>',
    '<User/>junk',
    '<User/>ju>',
    '<User/>junk<!-- -->',
    '<User/><User/>',
    '<User></User></User>',
    '<Us<!-- -->er/>',
    '<User a=b/>',
    '<User a/>',
    '<User a="1" a="2"/>',
    '<User a="<"/>',
    '<User a="&x;"/>',
    '<User a="<!-- -->"/>',
    '<User>&foo;</User>',
    '<User>&</User>',
    '<User>&lt</User>',
    '<User>&#0;</User>',
    '<User>&#xD800;</User>',
    '<User>&#1114112;</User>',
    '<User>\u0001</User>',
    '<User>\ud83d</User>',
    '<User>]]></User>',
    '<User><!-- -- --></User>',
    '<User><!-- a---></User>',
    '<User><!-- ',
    '<User><![CDATA[ </User>',
    '<a><b/></a><![CDATA[x]]>',
    '<User/><![CDATA[]]>',
    '<User/><![CDATA[<]]>',
    '<![CDATA[]]><User/>',
    '<User><#text>a</#text></User>',
    '<User><:@>1</:@></User>',
    '<1/>',
    '< User/>',
    '<User/ >',
    '<User><a',
    '{"state":"READY"}',
  ])('refuses what is not well-formed: %j', (text) => {
    expect(isWellFormed(text)).toBe(false)
    expect(parseRequest(text)).toBeUndefined()
  })

  it.each([
    ['a DOCTYPE (ruling 23)', '<!DOCTYPE User []><User/>'],
    ['declared entities', '<!DOCTYPE u [<!ENTITY a "READY">]><User><state>&a;</state></User>'],
    ['an external entity', '<!DOCTYPE u SYSTEM "file:///etc/passwd"><User/>'],
    ['a processing instruction', '<?php x?><User/>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><User/>'],
    ['deep nesting', '<User>'.repeat(40) + '</User>'.repeat(40)],
    ['very many elements', `<User>${'<a/>'.repeat(5000)}</User>`],
    ['more than 64 KiB', `<User>${' '.repeat(MAX_DOCUMENT)}</User>`],
    ['names that pollute prototypes', '<User><__proto__><state>READY</state></__proto__></User>'],
  ])('refuses %s', (_, text) => {
    expect(parseRequest(text)).toBeUndefined()
  })

  it('shows text beside elements as mixed', () => {
    expect(parseRequest('<User>READY<state/></User>')?.mixed).toBe(true)
    expect(parseRequest('<User>\n<state/>\n</User>')?.mixed).toBe(false)
  })

  it('takes little time over hostile documents', () => {
    const hostile = [
      `<User>${'&#65;'.repeat(13_000)}</User>`,
      `<User>${'<'.repeat(65_000)}`,
      `<User>${'<a>'.repeat(20_000)}`,
      `<User ${'a="1" '.repeat(10_000)}/>`,
      `<User${' '.repeat(65_000)}`,
      `<?xml version="1.0"${' '.repeat(65_000)}`,
      `<User>${'<!---->'.repeat(9_000)}</User>`,
      `<User>${'<!--'.repeat(15_000)}`,
      `<User>${'<![CDATA['.repeat(7_000)}`,
      `<User>${'&'.repeat(65_000)}`,
      `${'<!---->'.repeat(9_000)}<User/>`,
    ]
    for (const text of hostile) {
      const start = performance.now()
      parseRequest(text)
      expect(performance.now() - start, text.slice(0, 20)).toBeLessThan(3_000)
    }
  })

  it('accepts nothing that a strict parser refuses', () => {
    const token = fc.constantFrom(
      ...['<User>', '</User>', '<User/>', '<a', '>', '/>', ' x="1"', ' y=', '"', "'", '<!--', '-->', '-', 'text', ' '],
      ...['<![CDATA[', ']]>', '&amp;', '&', '&#65;', '&#0;', '<', '<?xml version="1.0"?>', '<b>1</b>', '\n', '\0', 'é'],
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const inside = `<User>${tokens.join('')}</User>`
        for (const text of [inside, tokens.join('')]) {
          if (parseRequest(text) !== undefined) expect(isWellFormed(text), JSON.stringify(text)).toBe(true)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('gives text back as it was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text)
        expect(hasForbiddenCharacter(escaped)).toBe(false)
        // A parser turns carriage returns into line feeds, and white space at the ends is dropped.
        if (!escaped.includes('\r')) {
          const clean = [...text].filter((character) => !hasForbiddenCharacter(character)).join('')
          expect(parseRequest(`<a>${escaped}</a>`)?.text).toBe(clean.trim())
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
