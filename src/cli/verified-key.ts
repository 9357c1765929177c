/**
 * The key of the passwords that were right lately (`src/accounts`), in a file of its own beside the data file. Copies of
 * the data file do not contain it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { OWN_FILE } from '../store/owner-only.ts'

const KEY_BYTES = 32

/** The name of the file. */
export const keyFileOf = (data: string): string => `${data}.key`

/**
 * The key beside a data file. Makes a new one if there is none, or if the file is no key: then passwords are checked in
 * full again. Returns `undefined`, after a call of `failed`, if the file can be neither read nor written.
 */
export function verifiedKey(data: string, failed: (error: unknown) => void): Uint8Array | undefined {
  const file = keyFileOf(data)
  try {
    const found = existsSync(file) ? readFileSync(file) : undefined
    if (found?.length === KEY_BYTES) return found
    if (found) rmSync(file)
    const key = randomBytes(KEY_BYTES)
    writeFileSync(file, key, { flag: 'wx', mode: OWN_FILE })
    return key
  } catch (error) {
    failed(error)
    return undefined
  }
}
