/**
 * Bytes of an XML document to text: in what encoding, decides a byte order mark, else the charset that came with the
 * document, else its own declaration, else it is UTF-8 (RFC 7303 3, XML 1.0 4.3.3). Names of encodings are those of the
 * WHATWG Encoding Standard, all that `TextDecoder` knows.
 */
import { isAscii } from 'node:buffer'
import { xml10Parser } from './parse.ts'
import { trimSpace } from './white-space.ts'

const UTF_16 = { littleEndian: 'utf-16le', bigEndian: 'utf-16be' } as const

const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  [UTF_16.littleEndian, [0xff, 0xfe]],
  [UTF_16.bigEndian, [0xfe, 0xff]],
]

/** `<?` without a byte order mark (XML 1.0, appendix F). */
const DECLARATION_IN_UTF_16: readonly (readonly [string, readonly number[]])[] = [
  [UTF_16.littleEndian, [0x3c, 0, 0x3f, 0]],
  [UTF_16.bigEndian, [0, 0x3c, 0, 0x3f]],
]

/** `TextDecoder` takes these for Windows-1252, and would make something of every byte. */
const ASCII_NAMES = ['ascii', 'us-ascii', 'ansi_x3.4-1968']
const ASCII = 'us-ascii'

/** Can documents in this encoding be read? */
export function isKnownEncoding(label: string): boolean {
  return encodingOf(label) !== undefined
}

/**
 * The text of a document. `charset` is the parameter of its content type. `undefined` where the declaration names an
 * unknown encoding, or where the bytes are not in the encoding that they ought to be in.
 */
export function decodeDocument(bytes: Uint8Array, charset?: string): string | undefined {
  const encoding = charset === undefined ? ownEncoding(bytes) : givenEncoding(bytes, charset)
  if (encoding === undefined || (encoding === ASCII && !isAscii(bytes))) return undefined
  try {
    // A byte order mark stays, so that a second one is not dropped as well.
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function givenEncoding(bytes: Uint8Array, charset: string): string | undefined {
  // No document begins with a zero.
  return startOf(bytes, BYTE_ORDER_MARKS) ?? inByteOrder(charset, bytes[0] === 0)
}

/** What a document tells of itself. `undefined` where it cannot be in the encoding that it declares. */
function ownEncoding(bytes: Uint8Array): string | undefined {
  const seen = startOf(bytes, BYTE_ORDER_MARKS) ?? startOf(bytes, DECLARATION_IN_UTF_16)
  // With both bytes of a `>` in UTF-16.
  const head = bytes.subarray(0, bytes.indexOf(0x3e) + 2)
  const label = declaredLabel(new TextDecoder(seen ?? 'latin1').decode(head))
  if (label === undefined) return seen ?? 'utf-8'
  const encoding = inByteOrder(label, seen === UTF_16.bigEndian)
  const isWide = encoding === UTF_16.littleEndian || encoding === UTF_16.bigEndian
  return encoding === seen || (seen === undefined && !isWide) ? encoding : undefined
}

/** The encoding that an XML declaration names; `undefined` where there is no declaration, or no name in it. */
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
    // Such a document is refused when it is read as a whole.
  }
  return label
}

/** Plain `UTF-16` stands for both byte orders. */
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
