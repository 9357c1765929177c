/** From a directory file to a directory, while everybody else is served. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseApart } from './apart.ts'
import { DirectoryError } from './errors.ts'
import { readDirectoryFile } from './file.ts'
import type { LoadedDirectory } from './model.ts'
import { parseDirectory } from './parse.ts'

export interface LoadOptions {
  /** True refuses a file without YAML's mark of the end of a document, `...`: it was cut off. */
  readonly endMark?: boolean
}

/**
 * Reads a directory file, or the sample directory when no file is named. A file that changes while it is read is read
 * again; what is in it is checked in a thread of its own.
 *
 * @throws DirectoryError when the file cannot be read or is not valid.
 */
export async function loadDirectory(file?: string, { endMark = false }: LoadOptions = {}): Promise<LoadedDirectory> {
  if (file === undefined) return sample()
  const loaded = await readDirectory(await readDirectoryFile(file), file)
  if (endMark && !loaded.hasEndMark) throw cutOff(file)
  return loaded
}

/** `parseDirectory` in a thread of its own, whatever the text. */
export function readDirectory(text: string, fileName: string): Promise<LoadedDirectory> {
  return parseApart(text, fileName)
}

/** The problem of a file that had the mark of its end, or has to have it. */
export function cutOff(file: string): DirectoryError {
  const message = 'does not end with the mark "..." that it has to end with: it seems to be cut off'
  return new DirectoryError([{ file, path: '', message }])
}

/** It comes with the program, is small, and warns of nothing. */
async function sample(): Promise<LoadedDirectory> {
  const file = fileURLToPath(new URL('sample.yaml', import.meta.url))
  const { directory, credentials, hasEndMark = false } = parseDirectory(await readFile(file, 'utf8'), file)
  return { directory, credentials, hasEndMark }
}
