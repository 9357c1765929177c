/** Turns values into plain JSON, and hides personal data unless it is wanted. */
import { HIDDEN, withoutPersonal } from '../history/personal.ts'
import type { FrameJson } from './protocol.ts'

/** Free text of clients, which may contain a phone number. Hidden in addition to what the journal commands hide. */
const FREE_TEXT: ReadonlySet<string> = new Set(['detail', 'targetMediaAddress'])

const withoutFreeText = (key: string, value: unknown) =>
  FREE_TEXT.has(key) && typeof value === 'string' && value !== '' ? HIDDEN : value

/** A copy as JSON. Actor references become `{ xstate$$type: 1, id }`. `personal` keeps names, numbers and values. */
export function asFrameJson(value: unknown, personal: boolean): FrameJson {
  if (value === undefined) return null
  if (personal) return JSON.parse(JSON.stringify(value))
  return withoutPersonal(JSON.parse(JSON.stringify(value, withoutFreeText)))
}
