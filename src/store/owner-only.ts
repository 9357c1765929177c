/** Files with personal data: only the user who runs the server may read them. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Modes for `open` and `mkdir`. They give no right to others, so they are safe with any umask. */
export const OWN_FILE = 0o600
export const OWN_DIRECTORY = 0o700

/** Mode bits of the group and of others. */
const OTHERS = 0o077
/** Suffixes of a database and of the files beside it. */
const BESIDE = ['', '-wal', '-shm', '-journal', '.lock', '.commits', '.key']

/** Windows has no such modes. */
const hasModes = process.platform !== 'win32'

/**
 * Creates an empty file with mode 0600 unless it exists. SQLite itself would create it readable for everybody, and it
 * gives its other files the same mode. An existing file is not opened, because closing it would give up the locks that
 * this process has on it.
 */
export function makeOwnFile(path: string): void {
  if (existsSync(path)) return
  closeSync(openSync(path, 'a', OWN_FILE))
}

/**
 * Creates a directory and its parents with mode 0700. It does not use `mkdir` with `recursive`, which never returns
 * when a file system (`/proc`) answers ENOENT.
 */
export function makeOwnDirectory(path: string): void {
  if (existsSync(path)) return
  makeOwnDirectory(dirname(path))
  mkdirSync(path, { mode: OWN_DIRECTORY })
}

/**
 * Removes the rights of group and others from a database and the files beside it. Returns the files that were changed.
 * Files of another user, and files on a file system without modes, stay as they are.
 */
export function tighten(path: string): readonly string[] {
  return hasModes ? BESIDE.map((suffix) => path + suffix).filter(tightened) : []
}

function tightened(file: string): boolean {
  try {
    const { mode } = statSync(file)
    if ((mode & OTHERS) === 0) return false
    chmodSync(file, mode & ~OTHERS & 0o7777)
    return (statSync(file).mode & OTHERS) === 0
  } catch {
    return false
  }
}
