/** Opens a copy of a damaged data file, so that the file itself is not changed. */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { DatabaseSync } from '../sqlite/module.ts'
import { prepareSchema } from '../sqlite/schema.ts'

/** Size of a page of a data file in bytes, and of a piece that is read at once. */
export const PAGE = 4096
const PIECE = 256 * PAGE

/** Offsets in the first page (https://www.sqlite.org/fileformat.html). */
const AT = { pages: 28, freeList: 32, freePages: 36 } as const

export interface Source {
  readonly database: DatabaseSync
  /** Path of the copy. It includes the pages of the log. */
  readonly path: string
  /** Problems of the whole file, in sentences. */
  readonly notes: readonly string[]
  close(): void
}

/** Copies the file and its log to `copy`, and opens the copy. */
export function openSource(file: string, copy: string, onProgress: (bytes: number, total: number) => void): Source {
  const notes: string[] = []
  const remove = () => {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${copy}${end}`, { force: true })
  }
  remove()
  const unreadable = copyPages(file, copy, onProgress)
  if (existsSync(`${file}-wal`)) copyPages(`${file}-wal`, `${copy}-wal`, () => undefined)
  if (unreadable > 0) notes.push(`${unreadable} pages of ${PAGE} bytes cannot be read from the disk`)
  let database: DatabaseSync
  try {
    database = opened(copy)
  } catch {
    notes.push('the first page is damaged; the one of an empty data file is used instead')
    replaceFirstPage(copy)
    database = opened(copy)
  }
  const close = () => {
    database.close()
    remove()
  }
  return { database, path: copy, notes, close }
}

/**
 * Opens the copy, checks that all tables exist, and moves the content of the log into the file. @throws when one of
 * these fails
 */
function opened(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    for (const table of ['store', 'aggregate', 'journal', 'snapshot', 'outbox', 'record'])
      database.prepare(`SELECT * FROM ${table}`)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Returns the number of unreadable pages. They are filled with zeros in the copy. */
function copyPages(from: string, to: string, onProgress: (bytes: number, total: number) => void): number {
  const input = openSync(from, 'r')
  const output = openSync(to, 'wx', 0o600)
  try {
    const { size } = fstatSync(input)
    let unreadable = 0
    for (let at = 0; at < size; at += PIECE) {
      unreadable += copyPiece(input, output, at, Math.min(PIECE, size - at))
      onProgress(at, size)
    }
    return unreadable
  } finally {
    closeSync(input)
    closeSync(output)
  }
}

function copyPiece(input: number, output: number, at: number, length: number): number {
  const piece = Buffer.alloc(length)
  let unreadable = 0
  try {
    readSync(input, piece, 0, length, at)
  } catch {
    for (let within = 0; within < length; within += PAGE) {
      try {
        readSync(input, piece, within, Math.min(PAGE, length - within), at + within)
      } catch {
        unreadable += 1
      }
    }
  }
  writeSync(output, piece, 0, length, at)
  return unreadable
}

/**
 * Replaces the first page by that of an empty data file. Its tables begin on the same pages, unless the file was
 * rebuilt by a `rewrite`. In a rebuilt file the rows are found by the search of all pages.
 */
function replaceFirstPage(path: string): void {
  const empty = emptyFile(`${path}.empty`)
  const page = empty.subarray(0, PAGE)
  const descriptor = openSync(path, 'r+')
  try {
    if (fstatSync(descriptor).size < empty.length) ftruncateSync(descriptor, empty.length)
    page.writeUInt32BE(Math.ceil(fstatSync(descriptor).size / PAGE), AT.pages)
    page.writeUInt32BE(0, AT.freeList)
    page.writeUInt32BE(0, AT.freePages)
    writeSync(descriptor, page, 0, PAGE, 0)
  } finally {
    closeSync(descriptor)
  }
}

function emptyFile(path: string): Buffer {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    prepareSchema(database, path)
    database.exec('PRAGMA journal_mode = WAL')
    database.close()
    return readFileSync(path)
  } finally {
    rmSync(path, { force: true })
  }
}
