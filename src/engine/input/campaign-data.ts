/** Checks what an agent says about a callback (`dialog 5.1`). */
import type { Callback } from '../../../machines/index.ts'
import { rejected } from '../answers/answer.ts'
import type { Command, Rejected } from '../commands.ts'

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/
const NUMBER = /^\+?[0-9A-Za-z*#]{1,32}$/

/** The change of a callback, which has a time, a number or both. */
export function callbackOf({
  callbackTime,
  callbackNumber,
}: Extract<Command, { type: 'call.setCallback' }>): Callback | Rejected {
  if (callbackTime === undefined && callbackNumber === undefined) return rejected('INVALID_COMMAND', 'callbackTime')
  if (callbackTime !== undefined && !isTime(callbackTime)) return rejected('INVALID_COMMAND', 'callbackTime')
  if (callbackNumber !== undefined && !NUMBER.test(callbackNumber)) return rejected('INVALID_COMMAND', 'callbackNumber')
  return {
    ...(callbackTime === undefined ? {} : { callbackTime }),
    ...(callbackNumber === undefined ? {} : { callbackNumber }),
  }
}

/** Is it a minute of a day that there is? */
function isTime(text: string): boolean {
  const at = TIME.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
