/** Commands that read a data file: opening it, what can go wrong, writing much to standard output. */
import { once } from 'node:events'
import { UnknownMachineVersion } from '../engine/unknown-version.ts'
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

/**
 * For a command that tells of what is in a file: it is looked through first, as what is missing cannot be seen in what is
 * there. A gigabyte takes some seconds.
 *
 * @throws StoreError
 */
export function assertWhole(file: string): void {
  withHistory(file, (history) => history.assertWhole())
}

/** Runs a command on a data file: what cannot be read is told on standard error, with exit code 2. */
export async function onDataFile(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isTheirs =
      error instanceof StoreError || error instanceof UnknownMachineVersion || error instanceof RangeError
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
