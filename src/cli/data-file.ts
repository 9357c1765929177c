/** Helpers for commands that read a data file or a database: opening it, errors, and long output. */

import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import type { History } from '../engine/ports.ts'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { StoreError } from '../store/errors.ts'
import type { OpenHistory } from '../store/index.ts'
import { isPostgresUrl, readAddress } from '../store/postgres/address.ts'
import { UsageFailure } from './start-failure.ts'

/** Exit codes of commands that read a data file; 0 is success. */
export const EXIT = { difference: 1, unreadable: 2 } as const

/** The argument of these commands. */
export const FILE_ARGUMENT = ['<data>', 'a data file; a server may be running on it'] as const

/** The same, of commands that also read a database. */
export const DATA_ARGUMENT = [
  '<data>',
  'a data file, or postgres://HOST/DATABASE with the password in PGPASSWORD; a server may be running on it',
] as const

/** The end of an error message: a missing file is often the default of `--data`, so the message names this flag. */
export const dataHint = (data: string): string =>
  isPostgresUrl(data) || existsSync(data) ? '' : '; name the data file: --data FILE'

/**
 * Refuses the url of a database, for commands that work on a file. Without it the message about a missing file would show
 * the password.
 *
 * @throws UsageFailure
 */
export function assertFile(...names: readonly string[]): void {
  const url = names.find(isPostgresUrl)
  if (url !== undefined)
    throw new UsageFailure(`this command is for data files, and ${readAddress(url).shown} is a database`)
}

/** What commands read. */
type ReadHistory = History & Pick<OpenHistory, 'records'>

/** Opens a data file or a database, reads from it and closes it. PostgreSQL checks its pages itself. */
export async function withHistory<T>(
  data: string,
  read: (history: ReadHistory, assertWhole: OpenHistory['assertWhole']) => T | Promise<T>,
): Promise<T> {
  const { openHistory, openPostgresHistory } = await import('../store/index.ts')
  if (isPostgresUrl(data)) {
    const history = await openPostgresHistory(data)
    try {
      return await read(history, () => undefined)
    } finally {
      await history.close()
    }
  }
  const history = openHistory(data)
  try {
    return await read(history, (depth) => history.assertWhole(depth))
  } finally {
    history.close()
  }
}

/** A file of this size is checked in about a second. */
const SOON = 64 * 1024 * 1024

/**
 * Checks a file before a command prints its content, because a reader would not notice that rows are missing. With
 * `soon` only the structure of a large file is checked, so that a short answer comes fast. That takes some seconds for
 * a gigabyte.
 *
 * @throws StoreError
 */
export async function assertWhole(file: string, soon: 'soon' | 'all' = 'all'): Promise<void> {
  const depth = soon === 'soon' && existsSync(file) && statSync(file).size > SOON ? 'quick' : 'all'
  await withHistory(file, (_, check) => check(depth))
}

/** Runs a command on a data file. If the file cannot be read, prints that to standard error and sets exit code 2. */
export async function onDataFile(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isExpected =
      error instanceof StoreError ||
      isOfOtherMachines(error) ||
      error instanceof InvalidArgument ||
      error instanceof RangeError
    if (!isExpected) throw error
    process.stderr.write(`mrdian: ${error.message}\n`)
    process.exitCode = EXIT.unreadable
  }
}

/** Writes long text to standard output. */
export interface Lines {
  /** Waits while the reader of a pipe is slow. Resolves with false when the reader has gone away. */
  write(text: string): Promise<boolean>
}

/** Lines on standard output. It is not an error that the reader goes away (`| head`). */
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
