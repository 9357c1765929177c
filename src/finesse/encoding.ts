/**
 * Decodes the bytes of an XML document. The encoding comes from the byte order mark, else from the charset that was
 * sent with the document, else from its XML declaration, else it is UTF-8 (RFC 7303 3, XML 1.0 4.3.3). Names of
 * encodings are those of the WHATWG Encoding Standard, which `TextDecoder` supports.
 */
import { isAscii } from 'node:buffer'
import { trimSpace } from './white-space.ts'
import { xml10Parser } from './xml10-parser.ts'

const UTF_16 = { littleEndian: 'utf-16le', bigEndian: 'utf-16be' } as const

const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  [UTF_16.littleEndian, [0xff, 0xfe]],
  [UTF_16.bigEndian, [0xfe, 0xff]],
]

/** First bytes of `<?` in UTF-16 without a byte order mark (XML 1.0, appendix F). */
const DECLARATION_IN_UTF_16: readonly (readonly [string, readonly number[]])[] = [
  [UTF_16.littleEndian, [0x3c, 0, 0x3f, 0]],
  [UTF_16.bigEndian, [0, 0x3c, 0, 0x3f]],
]

/** Names of ASCII. `TextDecoder` reads them as Windows-1252 and would accept bytes that are not ASCII. */
const ASCII_NAMES = ['ascii', 'us-ascii', 'ansi_x3.4-1968']
const ASCII = 'us-ascii'

/** Can documents in this encoding be read? */
export function isKnownEncoding(label: string): boolean {
  return encodingOf(label) !== undefined
}

/**
 * The text of a document. `charset`: the parameter of its content type. `undefined` when the declaration names an
 * unknown encoding, or when the bytes are invalid in the encoding.
 */
export function decodeDocument(bytes: Uint8Array, charset?: string): string | undefined {
  const encoding = charset === undefined ? ownEncoding(bytes) : givenEncoding(bytes, charset)
  if (encoding === undefined || (encoding === ASCII && !isAscii(bytes))) return undefined
  try {
    // The byte order mark stays in the text. The parser drops it, and a second one is an error.
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function givenEncoding(bytes: Uint8Array, charset: string): string | undefined {
  // A first byte of 0 means big-endian UTF-16, because no document begins with the character U+0000.
  return startOf(bytes, BYTE_ORDER_MARKS) ?? inByteOrder(charset, bytes[0] === 0)
}

/** The encoding by the document itself. `undefined` when the document cannot be in the encoding that it declares. */
function ownEncoding(bytes: Uint8Array): string | undefined {
  const seen = startOf(bytes, BYTE_ORDER_MARKS) ?? startOf(bytes, DECLARATION_IN_UTF_16)
  // Up to the first `>`, with both its bytes in UTF-16.
  const head = bytes.subarray(0, bytes.indexOf(0x3e) + 2)
  const label = declaredLabel(new TextDecoder(seen ?? 'latin1').decode(head))
  if (label === undefined) return seen ?? 'utf-8'
  const encoding = inByteOrder(label, seen === UTF_16.bigEndian)
  const isWide = encoding === UTF_16.littleEndian || encoding === UTF_16.bigEndian
  return encoding === seen || (seen === undefined && !isWide) ? encoding : undefined
}

/** The encoding that the XML declaration names; `undefined` without a declaration or a name in it. */
function declaredLabel(head: string): string | undefined {
  if (!head.startsWith('<?xml')) return undefined
  let label: string | undefined
  const parser = xml10Parser()
  parser.on('xmldecl', ({ encoding }) => {
    label = encoding
  })
  try {
    parser.write(head.slice(0, head.indexOf('>') + 1))
  } catch {
    // A malformed declaration is refused when the whole document is parsed.
  }
  return label
}

/** The encoding of a label. Plain `UTF-16` may mean either byte order, which `isBigEndian` decides. */
function inByteOrder(label: string, isBigEndian: boolean): string | undefined {
  const encoding = encodingOf(label)
  const isOpen = encoding === UTF_16.littleEndian && normal(label) !== encoding
  return isOpen && isBigEndian ? UTF_16.bigEndian : encoding
}

function encodingOf(label: string): string | undefined {
  if (ASCII_NAMES.includes(normal(label))) return ASCII
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

function normal(label: string): string {
  return trimSpace(label).toLowerCase()
}

function startOf(bytes: Uint8Array, starts: readonly (readonly [string, readonly number[]])[]): string | undefined {
  return starts.find(([, start]) => start.every((byte, at) => bytes[at] === byte))?.[0]
}
