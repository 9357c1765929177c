/** Reading the logs of desktops: the same text as the parser of the other requests reads, but much longer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_LOG, MAX_LOG_DOCUMENT, parseRequest, readClientLog } from '../../src/finesse/index.ts'
import { trimSpace } from '../../src/finesse/white-space.ts'

const read = (text: string | undefined) => readClientLog(text, 'ClientLog')
const documentOf = (markup: string) => `<ClientLog><logData>${markup}</logData></ClientLog>`
const refused = (key: string, about: string) => ({ ok: false, refused: { key, about } })

describe('a log', () => {
  it.each([
    ['text', 'line 1\nline 2', 'line 1\nline 2'],
    ['white space around it', '  x ', '  x '],
    ['references', '&lt;a b=&quot;1&quot;&gt; &amp;amp; &#65;&#x1F600;&apos;', '<a b="1"> &amp; A\u{1f600}\''],
    ['CDATA', 'a<![CDATA[<b> & &lt;]]>c', 'a<b> & &lt;c'],
    ['line ends', 'a\r\nb\rc&#13;d<![CDATA[\r\n]]>', 'a\nb\nc\rd\n'],
  ])('%s', (_, markup, text) => {
    expect(read(documentOf(markup))).toEqual({ ok: true, value: text })
  })

  it('may have a declaration, comments, white space in its tag, and unknown elements beside it', () => {
    const body = '<?xml version="1.0"?>\n<!-- a --><ClientLog> <level>7</level><logData >x</logData\n></ClientLog>'
    expect(read(body)).toEqual({ ok: true, value: 'x' })
  })

  it.each([
    ['no body', undefined, refused('BAD_REQUEST', 'ClientLog')],
    ['another root', '<ClientLogs><logData>x</logData></ClientLogs>', refused('BAD_REQUEST', 'ClientLog')],
    ['no data', '<ClientLog/>', refused('PARAMETER_MISSING', 'logData')],
    ['empty data', documentOf(''), refused('PARAMETER_MISSING', 'logData')],
    ['an empty tag', '<ClientLog><logData/></ClientLog>', refused('PARAMETER_MISSING', 'logData')],
    ['two', documentOf('a</logData><logData>b'), refused('BAD_REQUEST', 'logData')],
    ['an element', documentOf('a<b/>c'), refused('BAD_REQUEST', 'logData')],
    ['data further inside', '<ClientLog><a><logData>x</logData></a></ClientLog>', refused('BAD_REQUEST', 'ClientLog')],
    [
      'data in comments',
      '<ClientLog><!--<logData>-->x<!--</logData>--></ClientLog>',
      refused('BAD_REQUEST', 'ClientLog'),
    ],
    ['an unknown reference', documentOf('&nbsp;'), refused('BAD_REQUEST', 'logData')],
    ['a lone ampersand', documentOf('a & b'), refused('BAD_REQUEST', 'logData')],
    ['a forbidden character', documentOf('&#0;'), refused('BAD_REQUEST', 'logData')],
    ['a number that is none', documentOf('&#x110000;'), refused('BAD_REQUEST', 'logData')],
    ['the end of a section', documentOf('a ]]> b'), refused('BAD_REQUEST', 'logData')],
    ['a section that does not end', documentOf('<![CDATA[a'), refused('BAD_REQUEST', 'logData')],
    ['a DOCTYPE', `<!DOCTYPE a>${documentOf('x')}`, refused('BAD_REQUEST', 'ClientLog')],
  ])('is refused: %s', (_, body, expected) => {
    expect(read(body)).toEqual(expected)
  })

  it('has at most 1,048,576 characters, counted after references are replaced', () => {
    const longest = read(documentOf('&lt;'.repeat(1000) + 'x'.repeat(MAX_LOG - 1000)))
    expect(longest.ok && longest.value.length).toBe(MAX_LOG)
    expect(read(documentOf('x'.repeat(MAX_LOG + 1)))).toEqual(refused('INVALID_INPUT', 'logData'))
  })

  it.each([
    ['references', '&lt;'],
    ['sections', '<![CDATA[]]>'],
    ['sections that do not end', '<![CDATA['],
    ['ampersands', '&'],
    ['carriage returns', '\r'],
    ['starts', '<logData>'],
    ['ends', '</logData>'],
    ['tags that do not end', '<logData '],
  ])('too many %s are refused', (_, piece) => {
    const markup = piece.repeat(Math.floor((MAX_LOG_DOCUMENT - 100) / piece.length))
    expect(read(documentOf(markup)).ok).toBe(false)
  })
})

it('reads the same text as the parser of the other requests, and refuses what that parser refuses', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom('&lt;', '&amp;', '&#65;', '&#x0;', '&#x41;', '&#xD800;', '&', ';', '&x;', '\r\n', '\r', ']]>', ' '),
    fc.constantFrom('<![CDATA[', ']]>', '<![CDATA[a]]>', '<b/>', '<!-- c -->', '</logData>', '<logData>', '<', '>'),
  )
  let agreed = 0
  const property = fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, inside) => {
    const markup = pieces.join('')
    const body = inside ? documentOf(markup) : `<ClientLog>${markup}<logData>x</logData></ClientLog>`
    const mine = read(body)
    const root = parseRequest(body)
    const data = root?.children.filter(({ name }) => name === 'logData') ?? []
    if (!mine.ok) return
    // The parser takes more forms, such as comments in the text. What this reader takes is the same text.
    expect([root?.name, data.length, data[0]?.children]).toEqual(['ClientLog', 1, []])
    expect(trimSpace(mine.value)).toBe(data[0]?.text)
    agreed += 1
  })
  fc.assert(property, { numRuns: 5000 })
  expect(agreed).toBeGreaterThan(300)
})
