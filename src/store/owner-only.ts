/** Files that hold what people did and said: for the user who runs the server, and for nobody else. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Modes that `open` and `mkdir` take, whatever the umask would have left. */
export const OWN_FILE = 0o600
export const OWN_DIRECTORY = 0o700

/** Rights of the group and of others. */
const OTHERS = 0o077
/** Files that lie beside a database. */
const BESIDE = ['', '-wal', '-shm', '-journal', '.lock', '.commits']

/** Windows has other rights than these. */
const hasModes = process.platform !== 'win32'

/**
 * Makes an empty file unless there is one: SQLite would make it for everybody, and gives its other files the same mode. A
 * file that is there is not opened: closing it would give up the locks that this process has on it.
 */
export function makeOwnFile(path: string): void {
  if (existsSync(path)) return
  closeSync(openSync(path, 'a', OWN_FILE))
}

/** Step by step, because `mkdir` with `recursive` never returns where a file system (`/proc`) answers ENOENT. */
export function makeOwnDirectory(path: string): void {
  if (existsSync(path)) return
  makeOwnDirectory(dirname(path))
  mkdirSync(path, { mode: OWN_DIRECTORY })
}

/**
 * Takes the rights of others from a database and from what SQLite keeps beside it; gives the files that had any. What
 * belongs to somebody else stays as it is, and so does a file system that knows no modes.
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
