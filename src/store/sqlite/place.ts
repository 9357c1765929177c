/** Is a data file, with the files beside it, still where it was, and nobody else's? */
import { readFileSync, statSync } from 'node:fs'
import { StoreError } from '../errors.ts'

/** The data file, the log, the index of the log, and the lock: each by the end of its name. */
const FILES = ['', '-wal', '-shm', '.lock'] as const

interface Found {
  readonly device: bigint
  readonly inode: bigint
  readonly links: bigint
}

/** `undefined` when there is none. */
function look(path: string): Found | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && { device: stats.dev, inode: stats.ino, links: stats.nlink }
}

/**
 * The files of an open store. SQLite writes on into a file that has lost its name, and knows the log and its index by
 * name only: whoever removes, moves or replaces one of them, or gives it a second name, lets a second server in, or takes
 * away what was confirmed. A look costs four `stat`.
 */
export class Place {
  readonly #path: string
  readonly #file: string
  readonly #known: readonly (readonly [name: string, found: Found])[]

  /** `file`: how messages call it. @throws StoreError `LOST` */
  constructor(path: string, file: string) {
    this.#path = path
    this.#file = file
    this.#known = FILES.map((end) => {
      const found = look(`${path}${end}`)
      if (found === undefined) throw this.#lost(end, 'is not there')
      return [end, found]
    })
    this.check()
  }

  /** @throws StoreError `LOST`, or Node's own error when it cannot be seen. */
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

const REMEDY = 'put the file back in its place with what lies beside it, make sure that one server uses it, start again'

/**
 * Names under which one file could be opened twice, each with a log and a lock of its own.
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
    const message = `${file} is mounted by itself, so that its log and its lock lie elsewhere: mount its directory instead`
    throw new StoreError('NOT_A_STORE', message)
  }
}

/** Where there is no such list, nothing is known. */
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
