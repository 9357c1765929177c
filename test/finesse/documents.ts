/** Documents for tests of the XML reader: well-formed ones by the grammar of XML 1.0, and damaged ones. */
import fc from 'fast-check'

// Names that both the fourth and the fifth edition of XML 1.0 allow. Some are members of JavaScript objects.
const name = fc.constantFrom(
  ...['User', 'state', 'a', 'b', '_', 'a-b.c1', 'x:y', ':a', 'xml:b', 'é', '中', 'a·', 'a'.repeat(300)],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length'],
)
const space = fc.constantFrom(' ', '\n', '\t', '\r\n', '\r', ' \r\n\r ')
const maybeSpace = fc.oneof(fc.constant(''), space)
const reference = fc.constantFrom(
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#65;', '&#x1f600;', '&#x10FFFF;', '&#00000000065;', '&#xD7FF;'],
  ...['&#9;', '&#10;', '&#13;', '&#x20;', '&#xE000;', '&#xFFFD;', '&#x85;', '&#xA0;', '&amp;amp;', '&amp;#65;'],
)
const plain = fc.constantFrom(
  ...['READY', '0012', '1e3', ']', ']]', '>', '-->', '--', '?>', '{}', "'", '"', '%x;', 'toString', '\u007f', '\u0085'],
  ...['\u00a0', '\u2028', '\u3000', '\ufeff', '\ud7ff', '\ue000', '\ufffd', '\u{1f600}', '\u{10ffff}'],
)
const join = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((strings) => strings.join(''))
const repeated = (part: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(part, { maxLength }).map((parts) => parts.join(''))

const comment = fc
  .constantFrom('', ' a ', '<a>', '&x;', 'a- -b', ']]>', '<?a?>', '<![CDATA[', '\u00a0', '<!DOCTYPE a>')
  .map((text) => `<!--${text}-->`)
const instruction = fc
  .tuple(fc.constantFrom('a', 'xml-stylesheet', 'x:y', 'é'), space, fc.constantFrom('', 'b', '?b', '<a', '??', '-->'))
  .map(([target, between, data]) => (data === '' ? `<?${target}?>` : `<?${target}${between}${data}?>`))
const cdata = fc
  .constantFrom('', 'x', '<a>', '&amp;', ']', ']]', ']]]', '<!-- -- -->', '\r\n', '<![CDATA[')
  .map((text) => `<![CDATA[${text}]]>`)
const value = fc.oneof(
  fc
    .array(fc.oneof(reference, fc.constantFrom('x', '>', ']]>', "'", ' ', '\n')), { maxLength: 3 })
    .map((all) => `"${all.join('')}"`),
  fc
    .array(fc.oneof(reference, fc.constantFrom('x', '"', '\t', '--')), { maxLength: 3 })
    .map((all) => `'${all.join('')}'`),
)
const attributes = fc
  .uniqueArray(fc.tuple(name, value, space, maybeSpace), { maxLength: 3, selector: ([key]) => key })
  .map((all) => all.map(([key, text, before, around]) => `${before}${key}${around}=${around}${text}`).join(''))

// `]]>` is not allowed in character data (production 14).
const characters = repeated(fc.oneof(plain, reference, space), 4).map((text) => text.replace(/\]\]>+/g, ']]'))

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.tuple(name, attributes, maybeSpace).map(([tag, list, end]) => `<${tag}${list}${end}/>`),
    fc
      .tuple(
        name,
        attributes,
        maybeSpace,
        characters,
        repeated(join(fc.oneof(comment, instruction, cdata, tie('element')), characters), 4),
      )
      .map(([tag, list, end, text, rest]) => `<${tag}${list}${end}>${text}${rest}</${tag}${end}>`),
  ),
}))

const declaration = fc
  .tuple(
    fc.constantFrom('1.0', '1.1', '1.99'),
    fc.constantFrom('', 'UTF-8', 'utf-8'),
    fc.constantFrom('', 'yes', 'no'),
    space,
    maybeSpace,
  )
  .map(([version, encoding, standalone, before, around]) => {
    const pair = (key: string, text: string) => (text === '' ? '' : `${before}${key}${around}=${around}'${text}'`)
    return `<?xml${pair('version', version)}${pair('encoding', encoding)}${pair('standalone', standalone)}${around}?>`
  })
const outside = repeated(fc.oneof(space, comment, instruction), 3)

/** Well-formed, without a DOCTYPE. */
export const wellFormed = join(
  fc.constantFrom('', '\ufeff'),
  fc.oneof(fc.constant(''), declaration),
  outside,
  element,
  outside,
)

const damage = fc.constantFrom(
  ...['<', '>', '&', ';', '"', "'", '=', '/', '?', '!', '-', ']', ':', '#', ' ', '\0', '\u0001', '\u001f', '\ufffe'],
  ...['\uffff', '\u00a0', '\u2028', '\u3000', '\u0085', '<!--', '-->', '--', '<![CDATA[', ']]>', '<?', '?>'],
  ...[
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="x"?>',
    '<?XML a?>',
    '<?a?b?>',
    '<?a??>',
    '<? a?>',
    '<!DOCTYPE a>',
  ],
  ...[
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<!ELEMENT a ANY>',
    '&b;',
    '&#0;',
    '&#1;',
    '&#xD800;',
    '&#xFFFE;',
    '&#x110000;',
  ],
  ...['&#99999999999999999999;', '&#;', '&#x;', '&#X41;', '&#65', '&amp', '& amp;', '&toString;', '&__proto__;'],
  ...[
    '</a>',
    '</ a>',
    '<a>',
    '<a/>',
    '<a / >',
    '<1>',
    '<a b>',
    '<a b=c>',
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '</a b="1">',
  ],
  ...[' b="1"', " version='1.0'", ' standalone="yes"', "encoding='UTF-8'", 'text'],
)
const strike = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 0, 1, 2, 8),
  added: fc.oneof(fc.constant(''), damage),
})

/** Name characters of the fifth edition of XML 1.0 only, which expat refuses. Damage could put them into names. */
const DISPUTED = /[\ufeff\ufffd\ud7ff\u{1f600}]/gu

/** Well-formed documents after one to three strikes. Some are still well-formed. */
export const damaged = fc
  .tuple(
    fc.constantFrom('', '', '', '\ufeff', '\ufeff\ufeff'),
    wellFormed.map((document) => document.replace(DISPUTED, '')),
    fc.array(strike, { minLength: 1, maxLength: 3 }),
  )
  .map(
    ([mark, document, strikes]) =>
      mark +
      strikes.reduce((text, { at, removed, added }) => {
        const start = Math.floor(at * text.length)
        return text.slice(0, start) + added + text.slice(start + removed)
      }, document),
  )
