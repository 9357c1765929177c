/** Turns errors of SQLite into store errors. */
import { StoreError, type StoreErrorCode } from '../errors.ts'

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE = { BUSY: 5, IOERR: 10, CORRUPT: 11, NOTADB: 26 } as const

/** Primary result code of an error of SQLite; `undefined` for other errors. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE.BUSY
}

/** Whether reading, writing or syncing failed with an I/O error. A full disk is not one. */
export function isInputOutputError(error: unknown): boolean {
  return resultCode(error) === SQLITE.IOERR
}

export function onOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
}

/**
 * Returns an error with the name of the file and the message of SQLite. A store error is returned unchanged.
 * `otherwise`: the code when SQLite's result code does not decide it.
 */
export function toStoreError(error: unknown, file: string, otherwise: StoreErrorCode): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  const reason = onOneLine(message)
  const code = resultCode(error)
  if (code === SQLITE.NOTADB) return new StoreError('NOT_A_STORE', `${file} is not a database`, { cause: error })
  return new StoreError(code === SQLITE.CORRUPT ? 'CORRUPT' : otherwise, `${file}: ${reason}`, { cause: error })
}
