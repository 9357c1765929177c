/**
 * Finds rows page by page, without the B-tree (https://www.sqlite.org/fileformat.html), because a damaged page of the
 * tree hides all pages below it. A page may be an old one that is no longer in use. So a row that the tree leads to
 * takes precedence over a row that is found here.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { PAGE } from './source.ts'

export type Value = string | number | null

/** A row of a table (with its integer key), or of an index or a table WITHOUT ROWID (without one). */
export interface FoundRow {
  readonly key: number | undefined
  readonly values: readonly Value[]
}

/**
 * Kinds of pages that hold rows, by their first byte. `header`: bytes of the page header. `before`: bytes before each
 * row.
 */
const KINDS: Readonly<Record<number, { readonly isTable: boolean; readonly header: number; readonly before: number }>> =
  {
    13: { isTable: true, header: 8, before: 0 },
    10: { isTable: false, header: 8, before: 0 },
    2: { isTable: false, header: 12, before: 4 },
  }
/** The first page begins with the header of the file. */
const FILE_HEADER = 100

/** Yields all rows on all pages of a file. Anything else is skipped. */
export function* foundRows(path: string, onProgress: (page: number, pages: number) => void): Generator<FoundRow> {
  const descriptor = openSync(path, 'r')
  try {
    const pages = Math.floor(fstatSync(descriptor).size / PAGE)
    const read = (number: number) => {
      const page = Buffer.alloc(PAGE)
      if (number < 1 || number > pages) throw new RangeError(`there is no page ${number}`)
      readSync(descriptor, page, 0, PAGE, (number - 1) * PAGE)
      return page
    }
    for (let number = 1; number <= pages; number += 1) {
      yield* rowsOf(read(number), number === 1 ? FILE_HEADER : 0, read)
      if (number % 256 === 0) onProgress(number, pages)
    }
  } finally {
    closeSync(descriptor)
  }
}

function* rowsOf(page: Buffer, begin: number, read: (number: number) => Buffer): Generator<FoundRow> {
  const kind = KINDS[page[begin] ?? 0]
  if (kind === undefined) return
  const { isTable, header, before } = kind
  const cells = page.readUInt16BE(begin + 3)
  if (begin + header + cells * 2 > PAGE) return
  for (let cell = 0; cell < cells; cell += 1) {
    const row = rowAt(page, page.readUInt16BE(begin + header + cell * 2) + before, isTable, read)
    if (row !== undefined) yield row
  }
}

function rowAt(page: Buffer, at: number, isTable: boolean, read: (number: number) => Buffer): FoundRow | undefined {
  try {
    const bytes = new Reader(page, at)
    const length = bytes.varint()
    const key = isTable ? bytes.varint() : undefined
    return { key, values: valuesOf(payloadOf(page, bytes.at, length, isTable, read)) }
  } catch {
    // This is not a row, or its overflow pages are lost.
    return undefined
  }
}

/** The bytes of a row. A long row continues in a chain of overflow pages. */
function payloadOf(page: Buffer, at: number, length: number, isTable: boolean, read: (n: number) => Buffer): Buffer {
  const most = isTable ? PAGE - 35 : Math.floor(((PAGE - 12) * 64) / 255) - 23
  if (length <= most) return exactly(page.subarray(at, at + length), length)
  const least = Math.floor(((PAGE - 12) * 32) / 255) - 23
  const wanted = least + ((length - least) % (PAGE - 4))
  const local = wanted <= most ? wanted : least
  const parts = [exactly(page.subarray(at, at + local), local)]
  let next = page.readUInt32BE(at + local)
  for (let left = length - local; left > 0; left -= PAGE - 4) {
    const more = read(next)
    next = more.readUInt32BE(0)
    parts.push(more.subarray(4, 4 + Math.min(left, PAGE - 4)))
  }
  return exactly(Buffer.concat(parts), length)
}

function exactly(bytes: Buffer, length: number): Buffer {
  if (bytes.length !== length) throw new RangeError('a row ends outside of its page')
  return bytes
}

function valuesOf(payload: Buffer): readonly Value[] {
  const header = new Reader(payload, 0)
  const body = new Reader(payload, header.varint())
  const end = body.at
  const values: Value[] = []
  while (header.at < end) values.push(body.value(header.varint()))
  if (header.at !== end || body.at !== payload.length) throw new RangeError('not a row')
  return values
}

const LENGTHS: readonly number[] = [0, 1, 2, 3, 4, 6, 8]
const FLOAT = 7
const RESERVED = 12

const utf8 = new TextDecoder('utf-8', { fatal: true })

class Reader {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  varint(): number {
    let value = 0n
    for (let count = 1; count <= 9; count += 1) {
      const byte = this.#bytes.readUInt8(this.at)
      this.at += 1
      if (count === 9) return safe((value << 8n) | BigInt(byte))
      value = (value << 7n) | BigInt(byte & 0x7f)
      if (byte < 0x80) return safe(value)
    }
    throw new RangeError('no number')
  }

  /** Reads a value by its serial type. The tables have neither floats nor blobs. */
  value(type: number): Value {
    if (type === 0) return null
    if (type === 8 || type === 9) return type - 8
    if (type < FLOAT) return this.#integer(LENGTHS[type] ?? 0)
    if (type < RESERVED || type % 2 === 0) throw new RangeError('no type of ours')
    return utf8.decode(this.#take((type - RESERVED - 1) / 2))
  }

  #integer(length: number): number {
    const bytes = this.#take(length)
    if (length <= 6) return bytes.readIntBE(0, length)
    return safe(bytes.readBigInt64BE(0))
  }

  #take(length: number): Buffer {
    const bytes = exactly(this.#bytes.subarray(this.at, this.at + length), length)
    this.at += length
    return bytes
  }
}

function safe(value: bigint): number {
  if (value < BigInt(Number.MIN_SAFE_INTEGER) || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError('too large')
  return Number(value)
}
