/**
 * Checks that a data file and the files beside it were not moved or replaced and cannot be opened under a second name.
 */
import { readFileSync, statSync } from 'node:fs'
import { StoreError } from '../errors.ts'

/** Suffixes of the data file, the log, the index of the log, and the lock. */
const FILES = ['', '-wal', '-shm', '.lock'] as const

interface Found {
  readonly device: bigint
  readonly inode: bigint
  readonly links: bigint
}

/** Identity of a file; `undefined` when it does not exist. */
function look(path: string): Found | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && { device: stats.dev, inode: stats.ino, links: stats.nlink }
}

/**
 * The files of an open store. SQLite continues to write into a file that was removed or renamed, and it finds the log
 * and its index by name only. So when one of the files is removed, moved, replaced or hard-linked, a second server can
 * open the data, or confirmed changes can be lost. A check costs four calls of `stat`.
 */
export class Place {
  readonly #path: string
  readonly #file: string
  readonly #known: readonly (readonly [name: string, found: Found])[]

  /** `file`: the name for messages. @throws StoreError `LOST` */
  constructor(path: string, file: string) {
    this.#path = path
    this.#file = file
    this.#known = FILES.map((end) => {
      const found = look(`${path}${end}`)
      if (found === undefined) throw this.#lost(end, 'does not exist')
      return [end, found]
    })
    this.check()
  }

  /** @throws StoreError `LOST`, or Node's own error when `stat` fails. */
  check(): void {
    for (const [end, known] of this.#known) {
      const found = look(`${this.#path}${end}`)
      if (found === undefined) throw this.#lost(end, 'was removed or moved')
      if (found.inode !== known.inode || found.device !== known.device) throw this.#lost(end, 'was replaced')
      if (found.links > 1n) throw this.#lost(end, 'has a second name (a hard link)')
    }
  }

  #lost(end: string, what: string): StoreError {
    return new StoreError('LOST', `${this.#file}${end} ${what}; nothing is written any more: ${REMEDY}`)
  }
}

const REMEDY = 'put the file back with the files beside it, make sure that only one server uses it, and start again'

/**
 * Refuses a file that another process could open under a second name, with another log and another lock.
 *
 * @throws StoreError `NOT_A_STORE`
 */
export function refuseSecondName(path: string, file: string): void {
  const found = look(path)
  if (found === undefined) return
  if (found.links > 1n) {
    const message = `${file} has a second name (a hard link), under which another server could open it: remove that name`
    throw new StoreError('NOT_A_STORE', message)
  }
  if (mountPoints().includes(path)) {
    const message = `${file} is a mount point, so its log and its lock would lie elsewhere: mount its directory instead`
    throw new StoreError('NOT_A_STORE', message)
  }
}

/** Paths of all mount points; empty on a system without this list. */
function mountPoints(): readonly string[] {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[4] ?? [])
      .map((path) => path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))))
  } catch {
    return []
  }
}
