/**
 * Checks commands at run time, because a caller may not use the types. An invalid one is rejected before it is used.
 */
import { rejected } from '../answers/answer.ts'
import type { Command, Rejected } from '../commands.ts'

type Check = (value: unknown) => boolean

/** Longest request id, in characters. */
const REQUEST_ID_MAX = 256

const text: Check = (value) => typeof value === 'string'
const flag: Check = (value) => typeof value === 'boolean'
/** The range is checked later, because it has its own error code. */
const number: Check = (value) => typeof value === 'number'
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const mobileAgent: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  'mode' in value &&
  oneOf('CALL_BY_CALL', 'NAILED_CONNECTION')(value.mode) &&
  'dialNumber' in value &&
  text(value.dialNumber)

/** One check for each field of a command. A new field without a check does not compile. */
type Fields<C> = { readonly [Field in Exclude<keyof C, 'type'>]-?: Check }

const asked = {
  user: text,
  requestId: optional((value) => typeof value === 'string' && value.length <= REQUEST_ID_MAX),
  side: optional(oneOf('A', 'B')),
} as const

const COMMANDS: { readonly [Type in Command['type']]: Fields<Extract<Command, { type: Type }>> } = {
  'user.signIn': { ...asked, extension: text, mobileAgent: optional(mobileAgent) },
  'user.setState': {
    ...asked,
    state: oneOf('READY', 'NOT_READY', 'LOGOUT', 'WORK', 'WORK_READY'),
    reasonCodeId: optional(text),
    by: optional(oneOf('self', 'supervisor')),
  },
  'media.signIn': {
    ...asked,
    mrd: text,
    maxDialogLimit: number,
    interruptAction: oneOf('ACCEPT', 'IGNORE'),
    dialogLogoutAction: optional(oneOf('CLOSE', 'TRANSFER')),
  },
  'media.setState': {
    ...asked,
    mrd: text,
    state: oneOf('READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'),
    reasonCodeId: optional(text),
  },
  'media.setRoutable': { ...asked, mrd: text, routable: flag },
  'dialog.act': {
    ...asked,
    dialog: text,
    action: oneOf('ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'),
    target: optional(text),
  },
  'call.act': { ...asked, dialog: text, action: oneOf('ANSWER', 'DROP'), targetMediaAddress: text },
}

/** The rejection of an invalid command; `undefined` for a valid one. `about` names the wrong field. */
export function notACommand(given: unknown): Rejected | undefined {
  const fields =
    typeof given === 'object' && given !== null ? new Map<string, unknown>(Object.entries(given)) : undefined
  const type = fields?.get('type')
  if (!fields || typeof type !== 'string' || !isType(type))
    return rejected('UNKNOWN_COMMAND', String(type).slice(0, 100))
  const wrong = Object.entries<Check>(COMMANDS[type]).find(([field, check]) => !check(fields.get(field)))
  return wrong && rejected('INVALID_COMMAND', wrong[0])
}

const isType = (type: string): type is Command['type'] => Object.hasOwn(COMMANDS, type)
