/** The XML reader against expat, an independent parser: both read the same documents, with the same text in them. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeDocument } from '../../src/finesse/encoding.ts'
import { MAX_DEPTH, MAX_TAGS, parseRequest, type XmlElement } from '../../src/finesse/parse.ts'
import { damaged, wellFormed } from './documents.ts'
import { type Expat, expatIsMissing, needsExpat, type RawElement, startExpat } from './expat.ts'

/** The element that the reader should return: a second implementation of its rules for text. */
function expected({ name, content }: RawElement): XmlElement {
  const children = content.filter((part) => typeof part !== 'string').map(expected)
  const text = content.filter((part) => typeof part === 'string').join('')
  const trimmed = text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '')
  return {
    name,
    text: children.length === 0 ? trimmed : '',
    children,
    mixed: children.length > 0 && trimmed !== '',
  }
}

const read = (bytes: Uint8Array): XmlElement | null => {
  const text = decodeDocument(bytes)
  return (text === undefined ? undefined : parseRequest(text)) ?? null
}

describe.skipIf(expatIsMissing)(`the reader and expat agree${needsExpat}`, () => {
  let expat: Expat
  beforeAll(() => {
    expat = startExpat()
  })
  afterAll(() => expat.close())

  const opinion = async (bytes: Uint8Array): Promise<XmlElement | null> => {
    const root = await expat.read(bytes)
    return root === null ? null : expected(root)
  }

  it('on well-formed documents, which are all read', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed, async (document) => {
        const bytes = Buffer.from(document)
        const root = await opinion(bytes)
        expect(root).not.toBeNull()
        expect(read(bytes)).toEqual(root)
      }),
      { numRuns: 1_500 },
    )
  })

  it('on damaged documents, some of which are still well-formed', async () => {
    let readable = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(damaged, async (document) => {
        const bytes = Buffer.from(document)
        const root = await opinion(bytes)
        expect(read(bytes)).toEqual(root)
        if (root === null) refused += 1
        else readable += 1
      }),
      { numRuns: 3_000 },
    )
    // About one in ten is readable. With far fewer, damaged documents would test nothing.
    expect(Math.min(readable, refused)).toBeGreaterThan(100)
  })

  /** Byte order marks, with the declared names that match them. */
  const marks = new Map<string, RegExp>([
    ['', /^(?:)/],
    ['\xef\xbb\xbf', /^(?:|utf-8)$/i],
    ['\xff\xfe', /^(?:|utf-16(?:le)?)$/i],
    ['\xfe\xff', /^(?:|utf-16(?:be)?)$/i],
  ])
  const label = fc.constantFrom(
    ...['', 'UTF-8', 'utf-8', 'US-ASCII', 'us-ascii', 'ISO-8859-1', 'iso-8859-1', 'windows-1252', 'koi8-r', 'UTF-16'],
    ...['utf-16', 'UTF-16LE', 'UTF-16BE', 'x-unknown', '8859', 'UTF-8:x'],
  )
  const form = fc.constantFrom('latin1', 'utf8', 'utf16le', 'utf16be')

  function bytesOf(mark: string, declared: string, written: string, text: string): Buffer {
    const encoding = declared === '' ? '' : ` encoding="${declared}"`
    const document = `<?xml version="1.0"${encoding}?><User><state>${text}</state></User>`
    const bytes =
      written === 'latin1'
        ? Buffer.from(document, 'latin1')
        : Buffer.from(document, written === 'utf8' ? 'utf8' : 'utf16le')
    if (written === 'utf16be') bytes.swap16()
    return Buffer.concat([Buffer.from(mark, 'latin1'), bytes])
  }

  it('on the encoding of a document without a charset', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...marks.keys()),
        label,
        form,
        // No form has a byte from 0x80 to 0x9f: in ISO 8859-1 `TextDecoder` reads those as Windows-1252, expat does not.
        fc.constantFrom('READY', 'é', '中'),
        async (mark, declared, written, text) => {
          const bytes = bytesOf(mark, declared, written, text)
          // expat accepts a mark that contradicts the declaration. XML 1.0 4.3.3 does not.
          const fits = marks.get(mark)?.test(declared)
          expect(read(bytes)).toEqual(fits ? await opinion(bytes) : null)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it.each([
    [
      'depth',
      '<a>'.repeat(MAX_DEPTH) + '</a>'.repeat(MAX_DEPTH),
      '<a>'.repeat(MAX_DEPTH + 1) + '</a>'.repeat(MAX_DEPTH + 1),
    ],
    ['empty elements', `<a>${'<b/>'.repeat(MAX_TAGS - 2)}</a>`, `<a>${'<b/>'.repeat(MAX_TAGS - 1)}</a>`],
    ['elements', `<a>${'<b></b>'.repeat(MAX_TAGS / 2 - 1)}</a>`, `<a>${'<b></b>'.repeat(MAX_TAGS / 2)}</a>`],
  ])('on well-formed documents up to a limit: %s', async (_, last, tooMuch) => {
    expect(read(Buffer.from(last))).toEqual(await opinion(Buffer.from(last)))
    expect(await opinion(Buffer.from(tooMuch))).not.toBeNull()
    expect(read(Buffer.from(tooMuch))).toBeNull()
  })
})
