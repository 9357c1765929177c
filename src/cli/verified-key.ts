/**
 * The key of the passwords that were right lately (`src/accounts`), in a file of its own. Copies of the data do not
 * contain it. The servers of a pair need the same key, so that a take-over checks no password in full.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { OWN_FILE } from '../store/owner-only.ts'
import { StartFailure } from './start-failure.ts'

const KEY_BYTES = 32

/** The name of the file beside a data file. */
export const keyFileOf = (data: string): string => `${data}.key`

/**
 * The key beside a data file. Makes a new one if there is none, or if the file is no key: then passwords are checked in
 * full again. Returns `undefined`, after a call of `failed`, if the file can be neither read nor written.
 */
export function keyBeside(data: string, failed: (error: unknown) => void): Uint8Array | undefined {
  const file = keyFileOf(data)
  try {
    const found = existsSync(file) ? readFileSync(file) : undefined
    if (found?.length === KEY_BYTES) return found
    if (found) rmSync(file)
    return newKey(file)
  } catch (error) {
    failed(error)
    return undefined
  }
}

/**
 * The key in a file that was named. Makes a new one if there is no file.
 *
 * @throws StartFailure if the file is no key, or can be neither read nor written
 */
export function namedKey(file: string): Uint8Array {
  const found = readNamed(file)
  if (found.length !== KEY_BYTES)
    throw new StartFailure(`${file} is not a key: that has ${KEY_BYTES} bytes, and a file that is missing is created`)
  return found
}

function readNamed(file: string): Uint8Array {
  try {
    return existsSync(file) ? readFileSync(file) : newKey(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StartFailure(`the file of --verified-key cannot be used: ${why}`)
  }
}

function newKey(file: string): Uint8Array {
  const key = randomBytes(KEY_BYTES)
  writeFileSync(file, key, { flag: 'wx', mode: OWN_FILE })
  return key
}
