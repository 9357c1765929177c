/** Checks new call data against the directory (`dialog 1.4`, 4.5). */

import type { NamedValue } from '../../../machines/effects.ts'
import type { Directory } from '../../directory/model.ts'
import { rejected } from '../answers/answer.ts'
import type { Command, Rejected } from '../commands.ts'

interface CallData {
  readonly variables: readonly NamedValue[]
  readonly wrapUpReason?: string
  readonly fits: boolean
}

const PERIPHERAL = /^callVariable(?:[1-9]|10)$/
/** Longest value of a peripheral variable, in bytes. */
const PERIPHERAL_BYTES = 40
/** Longest wrap-up reason, in bytes (`dialog 12`). */
const REASON_BYTES = 39
/** CCE takes no other characters in call data that come through the API. Control characters are in neither. */
const CHARACTERS = { CCE: /^[\x20-\x7e]*$/, CCX: /^\P{Cc}*$/u } as const

const bytesIn = (text: string): number => Buffer.byteLength(text)

/** The longest beginning of a text that has at most so many bytes. */
function cut(text: string, bytes: number): string {
  let kept = ''
  for (const character of text) {
    if (bytesIn(kept) + bytesIn(character) > bytes) break
    kept += character
  }
  return kept
}

type EccVariable = NonNullable<Directory['eccVariables']>[number]

/** A variable of the directory. `fits`: an element has an index below the size of the array, and a scalar has none. */
function eccOf(
  name: string,
  { eccVariables = [] }: Directory,
): { readonly ecc: EccVariable; readonly fits: boolean } | undefined {
  const [, base = '', index] = /^([^[\]]+)(?:\[(\d{1,3})\])?$/.exec(name) ?? []
  const ecc = eccVariables.find((each) => each.name === base)
  return ecc && { ecc, fits: index === undefined ? ecc.size === undefined : Number(index) < (ecc.size ?? 0) }
}

/**
 * The data for the call, with the values of `user.` variables cut to their lengths. Rejected at once: a name that is
 * unknown, twice there or read-only, and characters that the platform does not take.
 */
export function callData(
  command: Pick<Extract<Command, { type: 'call.setData' }>, 'variables' | 'wrapUpReason'>,
  directory: Directory,
): CallData | Rejected {
  const { variables = [], wrapUpReason } = command
  const names = variables.map(({ name }) => name)
  const wrong = variables.find(
    ({ name, value }, place) =>
      names.indexOf(name) !== place ||
      (!PERIPHERAL.test(name) && eccOf(name, directory) === undefined) ||
      !CHARACTERS[directory.platform].test(value),
  )
  if (wrong) return rejected('INVALID_CALL_VARIABLE', wrong.name)
  if (wrapUpReason !== undefined && (bytesIn(wrapUpReason) > REASON_BYTES || !CHARACTERS.CCX.test(wrapUpReason)))
    return rejected('INVALID_WRAP_UP_REASON', 'wrapUpReason')
  const fitting = variables.map(({ name, value }) => {
    const known = eccOf(name, directory)
    if (!known) return { name, value, fits: bytesIn(value) <= PERIPHERAL_BYTES }
    const { ecc, fits } = known
    return { name, value: cut(value, ecc.length), fits }
  })
  return {
    variables: fitting.map(({ name, value }) => ({ name, value })),
    ...(wrapUpReason === undefined ? {} : { wrapUpReason }),
    fits: fitting.every((each) => each.fits),
  }
}
