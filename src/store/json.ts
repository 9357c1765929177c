/** JSON values as text: both stores keep them in this form. */
import type { Json } from '../engine/ports.ts'
import { StoreError } from './errors.ts'

/**
 * @throws StoreError `INVALID_BATCH` for a value that JSON cannot represent: functions, `undefined`, cycles, big
 * integers.
 */
export function toText(value: Json, what: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw new StoreError('INVALID_BATCH', `${what} is not JSON`, { cause: error })
  }
  if (text === undefined) throw new StoreError('INVALID_BATCH', `${what} is not JSON`)
  return text
}

/** @throws StoreError `CORRUPT` when the text is not JSON. */
export function fromText(text: string, what: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    // The parser's error is not given as the cause: its message quotes the text, which may be personal data, and logs
    // print causes.
    throw new StoreError('CORRUPT', `${what} is not JSON`)
  }
}
