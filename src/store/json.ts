/** JSON as text: the form in which both stores keep what they are given. */
import type { Json } from '../engine/ports.ts'
import { StoreError } from './errors.ts'

/** @throws StoreError `INVALID_BATCH` for what has no JSON text: functions, `undefined`, cycles, big integers. */
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
    // The parser's own message quotes the text, which may be personal data, and a log shows causes too.
    throw new StoreError('CORRUPT', `${what} is not JSON`)
  }
}
