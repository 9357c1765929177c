/** Commands that read a data file: opening it, what can go wrong, writing much to standard output. */
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'
import { StoreError } from '../store/errors.ts'
import type { OpenHistory } from '../store/index.ts'

/** Exit codes of commands that read a data file; 0 when all is well. */
export const EXIT = { difference: 1, unreadable: 2 } as const

/** The argument of these commands. */
export const DATA_ARGUMENT = ['<data>', 'a data file; a server may be running on it'] as const

/** Reads from a data file, and closes it again. */
export async function withHistory<T>(file: string, read: (history: OpenHistory) => T): Promise<T> {
  const { openHistory } = await import('../store/index.ts')
  const history = openHistory(file)
  try {
    return read(history)
  } finally {
    history.close()
  }
}

/** So many bytes are looked through in a second or so. */
const SOON = 64 * 1024 * 1024

/**
 * For a command that tells of what is in a file, since what is missing cannot be seen in what is there. `soon`: somebody
 * waits for a short answer; of a large file only the structure is looked at, which takes some seconds for a gigabyte.
 *
 * @throws StoreError
 */
export async function assertWhole(file: string, soon: 'soon' | 'all' = 'all'): Promise<void> {
  const depth = soon === 'soon' && existsSync(file) && statSync(file).size > SOON ? 'quick' : 'all'
  await withHistory(file, (history) => history.assertWhole(depth))
}

/** Runs a command on a data file: what cannot be read is told on standard error, with exit code 2. */
export async function onDataFile(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isTheirs = error instanceof StoreError || isOfOtherMachines(error) || error instanceof RangeError
    if (!isTheirs) throw error
    process.stderr.write(`mrdian: ${error.message}\n`)
    process.exitCode = EXIT.unreadable
  }
}

/** Standard output for much text. */
export interface Lines {
  /** Waits while the reader of a pipe does. False when nobody reads any more. */
  write(text: string): Promise<boolean>
}

/** Lines on standard output; that its reader goes away (`| head`) is an end like any other. */
export function linesOnOutput(): Lines {
  const { stdout } = process
  const isGone = new Promise<void>((resolve) => stdout.once('error', () => resolve()).once('close', () => resolve()))
  let isOpen = true
  void isGone.then(() => {
    isOpen = false
  })
  return {
    async write(text) {
      if (isOpen && !stdout.write(`${text}\n`)) await Promise.race([once(stdout, 'drain'), isGone])
      return isOpen
    },
  }
}
