import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DOCUMENT, parseRequest, type XmlElement } from '../../src/finesse/parse.ts'
import { escapeText, hasForbiddenCharacter } from '../../src/finesse/xml.ts'

function value(root: XmlElement | undefined, name: string): string | undefined {
  return root?.children.find((child) => child.name === name)?.text
}

/** Elements whose names could harm a reader that makes JavaScript objects (ruling 23: they are ignored). */
const JAVASCRIPT = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
]
  .map((name) => `<${name}><state>READY</state></${name}>`)
  .join('')

describe('reading a request body', () => {
  it.each([
    ['an extension with leading zeros', '<User><extension>0012</extension></User>', '0012'],
    ['an id that looks like a float', '<User><extension>1e3</extension></User>', '1e3'],
    ['an id that looks hexadecimal', '<User><extension>0x10</extension></User>', '0x10'],
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
    ['processing instructions around the root', '<?a b?><User><extension>1</extension></User><?a?>', '1'],
    ['text around a processing instruction', '<User><extension>1<?a ?b ??>2</extension></User>', '12'],
    ['an instruction with several spaces', '<User><?a \r\n b?><extension>1</extension></User>', '1'],
    [
      'text with any declared encoding',
      '<?xml version="1.0" encoding="x-any"?><User><extension>1</extension></User>',
      '1',
    ],
    ['a later version of XML as 1.0', '<?xml version="1.1"?><User><extension>1\u0085</extension></User>', '1\u0085'],
    ['line ends as line feeds', '<User><extension>1\r\n2\r3\n4&#13;5</extension></User>', '1\n2\n3\n4\r5'],
    [
      'spaces that XML does not know',
      '<User><extension>\u00a0\u2028 1 \u3000\ufeff</extension></User>',
      '\u00a0\u2028 1 \u3000\ufeff',
    ],
    ['one byte order mark of two in text', '<User><extension>\ufeff\ufeff</extension></User>', '\ufeff\ufeff'],
    ['brackets', '<User><extension>]] ]&gt; ]]&gt;</extension></User>', ']] ]> ]]>'],
    ['CDATA without its end', '<User><extension><![CDATA[]]]]><![CDATA[>]]></extension></User>', ']]>'],
    ['names with colons', '<User x:y="1" :z=""><a:b:/><extension>1</extension></User>', '1'],
    ['names of the fifth edition of XML 1.0', '<User><\u0132/><\u{10000}/><extension>1</extension></User>', '1'],
    [
      'elements with names that have a meaning in JavaScript',
      `<User>${JAVASCRIPT}<extension>1</extension></User>`,
      '1',
    ],
    [
      'attributes with such names',
      '<User __proto__="" constructor=""><extension toString="">1</extension></User>',
      '1',
    ],
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
    '\u00a0<User/>',
    '\u3000<User/>',
    '\ufeff\ufeff<User/>',
    '<User/>\u00a0',
    '<User/>\u2028',
    '<User/>\ufeff',
    '<User/>\u0085',
    '<User></User\u00a0>',
    '<User\u00a0></User>',
    '<User\u3000a="1"/>',
    '<User a\u00a0="1"/>',
    '<User a="1"\u2028b="2"/>',
    '<?xml version="1.0" encoding="UTF-8\'?><User/>',
    '<?xml version="1.0\' encoding=\'UTF-8"?><User/>',
    '<?xml version="1.0"\u00a0encoding="UTF-8"?><User/>',
    '<?xml version="1.0"encoding="UTF-8"?><User/>',
    '<?xml encoding="UTF-8"?><User/>',
    '<?xml version="1.0" standalone="yes" encoding="UTF-8"?><User/>',
    '<?xml version="1.0" standalone="maybe"?><User/>',
    '<?xml version="1.0" encoding=""?><User/>',
    '<?xml version="1.0" encoding="8859"?><User/>',
    '<?xml version="2.0"?><User/>',
    '<?xml version="1."?><User/>',
    '<?xml?><User/>',
    ' <?xml version="1.0"?><User/>',
    '<!----><?xml version="1.0"?><User/>',
    '<User><?xml version="1.0"?></User>',
    '<User><?XML a?></User>',
    '<User><? a?></User>',
    '<User><?a?b?></User>',
    '<User><?a??></User>',
    '<User><?1?></User>',
    '<User><?a></User>',
    '<User>&#1;</User>',
    '<?xml version="1.1"?><User>&#1;</User>',
    '<User>&#xFFFE;</User>',
    '<User>&#x110000;</User>',
    '<User>&#99999999999999999999;</User>',
    '<User>&#;</User>',
    '<User>&#x;</User>',
    '<User>&#X41;</User>',
    '<User>&;</User>',
    '<User>& amp;</User>',
    '<User>&toString;</User>',
    '<User>&__proto__;</User>',
    '<User>\uffff</User>',
    '<User>\udc00</User>',
    '<User>\ud83dx</User>',
    '<User a="\ud83dx"/>',
    '<User><!----></User',
    '<User><!---></User>',
    '<User><![cdata[]]></User>',
    '<User/><![CDATA[ ]]>',
    '<User>&#60;/User>',
    '<User a="1"b="2"/>',
    '<User a="1" b/>',
    '<User b="1" __proto__="" __proto__=""/>',
    '</User>',
    '<User/></User>',
    '<\u00b7/>',
    '<-a/>',
    '<User><#text>a</#text></User>',
    '<User><:@>1</:@></User>',
    '<1/>',
    '< User/>',
    '<User/ >',
    '<User><a',
    '{"state":"READY"}',
  ])('refuses what is not well-formed: %j', (text) => {
    expect(parseRequest(text)).toBeUndefined()
  })

  it.each([
    ['a DOCTYPE (ruling 23)', '<!DOCTYPE User []><User/>'],
    ['declared entities', '<!DOCTYPE u [<!ENTITY a "READY">]><User><state>&a;</state></User>'],
    ['an external entity', '<!DOCTYPE u SYSTEM "file:///etc/passwd"><User/>'],
    ['a DOCTYPE with only a name', '<!DOCTYPE User><User/>'],
    ['a DOCTYPE that does not end', '<!DOCTYPE User [<User/>'],
    ['a DOCTYPE after other things', '<?xml version="1.0"?><!-- --><?a?>\n<!DOCTYPE User><User/>'],
    ['deep nesting', '<User>'.repeat(40) + '</User>'.repeat(40)],
    ['very many elements', `<User>${'<a/>'.repeat(5000)}</User>`],
    ['very many attributes', `<User ${Array.from({ length: 5000 }, (_, n) => `a${n}=""`).join(' ')}/>`],
    ['very many comments', `<User>${'<!---->'.repeat(5000)}</User>`],
    ['very many CDATA sections', `<User>${'<![CDATA[]]>'.repeat(5000)}</User>`],
    ['very many instructions', `<User>${'<?a?>'.repeat(5000)}</User>`],
    ['very many references', `<User>${'&#65;'.repeat(5000)}</User>`],
    ['very many carriage returns', `<User>${'\r'.repeat(5000)}</User>`],
    ['more than 64 KiB', `<User>${' '.repeat(MAX_DOCUMENT)}</User>`],
  ])('refuses %s', (_, text) => {
    expect(parseRequest(text)).toBeUndefined()
  })

  it('reports text beside elements as mixed', () => {
    expect(parseRequest('<User>READY<state/></User>')?.mixed).toBe(true)
    expect(parseRequest('<User>\n<state/>\n</User>')?.mixed).toBe(false)
    expect(parseRequest('<User>\u00a0<state/></User>')?.mixed).toBe(true)
  })

  it('reads text as it was before it was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text)
        expect(hasForbiddenCharacter(escaped)).toBe(false)
        // A parser turns carriage returns into line feeds, and white space at the ends is dropped.
        if (!escaped.includes('\r')) {
          const clean = [...text].filter((character) => !hasForbiddenCharacter(character)).join('')
          expect(parseRequest(`<a>${escaped}</a>`)?.text).toBe(clean.replace(/^[ \t\n]+/, '').replace(/[ \t\n]+$/, ''))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
