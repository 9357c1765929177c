/** Call variables of a task or call in a request (`media 7.2`, `dialog 1.4`). */
import { z } from 'zod'
import type { Variable } from '../engine/values.ts'
import { PERIPHERAL, SCALAR, SCALAR_OR_ELEMENT } from './variable-names.ts'

const PERIPHERAL_BYTES = 40
const ECC_BYTES = 210
/** Largest total of all names and values of `user.` variables, in bytes. It also limits how many there can be. */
const ALL_ECC_BYTES = 2000
/** Most variables that fit: ten `callVariable`s and the `user.` ones. Checked first: a body can hold thousands. */
const MOST = 10 + Math.floor(ALL_ECC_BYTES / 'user.a'.length)
// Each character is one byte on the wire of the ACD. XML cannot carry control characters.
const LATIN_1 = /^[\x20-\x7e\xa0-\xff]*$/

const NAMES =
  'a variable is called callVariable1 to callVariable10, or user. and letters, digits, underscores, dots between parts'

function variables(ecc: RegExp, names: string) {
  const name = z.string().refine((text) => PERIPHERAL.test(text) || ecc.test(text), names)
  const value = z.string('a value has to be a string').regex(LATIN_1, 'only printable Latin-1 characters are allowed')
  const named = z
    .record(name, value)
    .superRefine((all, context) => {
      for (const [key, text] of Object.entries(all)) {
        const limit = PERIPHERAL.test(key) ? PERIPHERAL_BYTES : ECC_BYTES
        if (text.length > limit)
          context.addIssue({ code: 'custom', path: [key], input: '', message: `at most ${limit} bytes are allowed` })
      }
      if (eccBytes(all) > ALL_ECC_BYTES)
        context.addIssue({
          code: 'custom',
          input: '',
          message: `names and values of user. variables have at most ${ALL_ECC_BYTES} bytes together`,
        })
    })
    .transform((all): readonly Variable[] => Object.entries(all).map(([key, text]) => ({ name: key, value: text })))
  // `z.record` drops this name silently, so it is refused before.
  const dropped = '__proto__'
  return z
    .unknown()
    .superRefine((all, context) => {
      if (typeof all === 'object' && all !== null && Object.hasOwn(all, dropped))
        context.addIssue({ code: 'custom', path: [dropped], input: '', message: names })
      if (typeof all === 'object' && all !== null && Object.keys(all).length > MOST)
        context.addIssue({ code: 'custom', input: '', message: `at most ${MOST} variables are possible` })
    })
    .pipe(named)
}

function eccBytes(all: Readonly<Record<string, string>>): number {
  const ecc = Object.entries(all).filter(([name]) => !PERIPHERAL.test(name))
  return ecc.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

/** Variables of a task. Array elements are refused, because nonvoice dialogs have no arrays. */
export const taskVariables = variables(SCALAR, NAMES)

/** Variables of a call. Array elements (`user.<name>[<index>]`) are allowed. */
export const callVariables = variables(SCALAR_OR_ELEMENT, `${NAMES}, with [0] and so on for an array`)
