/** Reads a whole directory file: a regular file of limited size, with its content at one moment. */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { DirectoryError } from './errors.ts'

/** Largest file in bytes. It is far more than a hundred thousand users need. */
export const MAX_FILE = 64 * 1024 * 1024

/** How often a file that keeps changing is read, with a pause in between. */
const ATTEMPTS = 10
const PAUSE_MS = 100

/** Values that change when a file is written, or when another file gets its name. */
interface Version {
  readonly size: bigint
  readonly ino: bigint
  readonly dev: bigint
  readonly mtimeNs: bigint
}

const isSame = (a: Version, b: Version): boolean =>
  a.size === b.size && a.ino === b.ino && a.dev === b.dev && a.mtimeNs === b.mtimeNs

export interface ReadFileOptions {
  /** Reads an open file of this size to its end. Tests use it to change the file meanwhile. */
  readonly content?: (file: FileHandle, size: number) => Promise<Buffer>
  readonly maxBytes?: number
}

/**
 * The text of a file. A file that changes while it is read is read again.
 *
 * @throws DirectoryError if it cannot be read, is not a regular file, is too large, is not UTF-8, or keeps changing.
 */
export async function readDirectoryFile(file: string, options: ReadFileOptions = {}): Promise<string> {
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const bytes = await readOnce(file, options)
      if (bytes !== undefined) return textOf(bytes, file)
      await pause(PAUSE_MS)
    }
  } catch (error) {
    if (error instanceof DirectoryError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw problem(file, `cannot be read: ${reason}`, error)
  }
  throw problem(file, 'keeps changing while it is read: try again when it is complete')
}

/** The content; `undefined` if the file was changed or replaced meanwhile. */
async function readOnce(
  file: string,
  { content = contentOf, maxBytes = MAX_FILE }: ReadFileOptions,
): Promise<Buffer | undefined> {
  // Without O_NONBLOCK, opening a named pipe would block until another process writes to it.
  const opened = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const before = await opened.stat({ bigint: true })
    if (!before.isFile()) throw problem(file, 'is not a regular file')
    if (before.size > maxBytes)
      throw problem(file, `is too large: ${before.size} bytes, but at most ${maxBytes} are accepted`)
    const bytes = await content(opened, Number(before.size))
    // Checked by name, because careful programs write a complete new file and then rename it.
    const after = await stat(file, { bigint: true })
    return isSame(before, after) && BigInt(bytes.length) === before.size ? bytes : undefined
  } finally {
    await opened.close()
  }
}

/** The bytes of the file, and one more if the file has grown, so that the caller notices it. */
async function contentOf(file: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

function textOf(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw problem(file, 'is not text in UTF-8', error)
  }
}

function problem(file: string, message: string, cause?: unknown): DirectoryError {
  return new DirectoryError([{ file, path: '', message }], { cause })
}
