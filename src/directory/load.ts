/** Loads a directory file without blocking the event loop. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseApart } from './apart.ts'
import { DirectoryError } from './errors.ts'
import { readDirectoryFile } from './file.ts'
import type { LoadedDirectory } from './model.ts'
import { type ParseOptions, parseDirectory } from './parse.ts'

export interface LoadOptions extends ParseOptions {
  /** True refuses a file without YAML's document end marker `...`, because it may have been cut off. */
  readonly endMark?: boolean | undefined
}

/**
 * Reads a directory file, or the sample directory if no file is given. A file that changes while it is read is read
 * again. Its content is checked in a thread.
 *
 * @throws DirectoryError if the file cannot be read or is not valid.
 */
export async function loadDirectory(file?: string, options: LoadOptions = {}): Promise<LoadedDirectory> {
  const { endMark = false, passwords } = options
  if (file === undefined) return sample({ passwords })
  const loaded = await readDirectory(await readDirectoryFile(file), file, { passwords })
  if (endMark && !loaded.hasEndMark) throw cutOff(file)
  return loaded
}

/** Like `parseDirectory`, but in a thread. */
export function readDirectory(text: string, fileName: string, options?: ParseOptions): Promise<LoadedDirectory> {
  return parseApart(text, fileName, options)
}

/** The error for a file without an end mark, if the file had one before or must have one. */
export function cutOff(file: string): DirectoryError {
  const message = 'does not end with its end mark, a last line of "...": it seems to be cut off'
  return new DirectoryError([{ file, path: '', message }])
}

/** The directory of `mrdian demo`, with its accounts. */
export const demoDirectory = (): Promise<LoadedDirectory> => ownFile('demo.yaml')

const sample = (options: ParseOptions) => ownFile('sample.yaml', options)

/** The files are part of the program and small, so they need no thread. Their plain passwords are not reported. */
async function ownFile(name: string, options: ParseOptions = {}): Promise<LoadedDirectory> {
  const file = fileURLToPath(new URL(name, import.meta.url))
  const { warnings: _ofPasswords, ...loaded } = parseDirectory(await readFile(file, 'utf8'), file, options)
  return loaded
}
