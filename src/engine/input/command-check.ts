/**
 * Checks commands at run time, because a caller may not use the types. An invalid one is rejected before it is used.
 */

import type { Classification } from '../../../machines/index.ts'
import type {
  DialogLogoutAction,
  InterruptAction,
  JoinAction,
  LegAction,
  MobileAgentMode,
  Side,
  TaskAction,
} from '../../../machines/wire.ts'
import { rejected } from '../answers/answer.ts'
import type { AskedBy, Command, Rejected } from '../commands.ts'

type Check = (value: unknown) => boolean

/** Values that a field of a command may have. */
type Values<Type extends Command['type'], Field extends keyof Extract<Command, { type: Type }>> = NonNullable<
  Extract<Command, { type: Type }>[Field]
>

/** Longest request id, in characters. */
const REQUEST_ID_MAX = 256

const text: Check = (value) => typeof value === 'string'
const flag: Check = (value) => typeof value === 'boolean'
/** The range is checked later, because it has its own error code. */
const number: Check = (value) => typeof value === 'number'
/** One of the values of a type. A new value that is not listed does not compile. */
const oneOf =
  <Value extends string>(values: Readonly<Record<Value, true>>): Check =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(values, value)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const mobileAgent: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  'mode' in value &&
  oneOf<MobileAgentMode>({ CALL_BY_CALL: true, NAILED_CONNECTION: true })(value.mode) &&
  'dialNumber' in value &&
  text(value.dialNumber)

const variables: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (each) =>
      typeof each === 'object' &&
      each !== null &&
      'name' in each &&
      text(each.name) &&
      'value' in each &&
      text(each.value),
  )

/** One check for each field of a command. A new field without a check does not compile. */
type Fields<C> = { readonly [Field in Exclude<keyof C, 'type'>]-?: Check }

const asked = {
  user: text,
  requestId: optional((value) => typeof value === 'string' && value.length <= REQUEST_ID_MAX),
  side: optional(oneOf<Side>({ A: true, B: true })),
} as const

const COMMANDS: { readonly [Type in Command['type']]: Fields<Extract<Command, { type: Type }>> } = {
  'user.signIn': { ...asked, extension: text, mobileAgent: optional(mobileAgent) },
  'user.setState': {
    ...asked,
    state: oneOf<Values<'user.setState', 'state'>>({
      READY: true,
      NOT_READY: true,
      LOGOUT: true,
      WORK: true,
      WORK_READY: true,
    }),
    reasonCodeId: optional(text),
    by: optional(oneOf<AskedBy>({ self: true, supervisor: true })),
  },
  'media.signIn': {
    ...asked,
    mrd: text,
    maxDialogLimit: number,
    interruptAction: oneOf<InterruptAction>({ ACCEPT: true, IGNORE: true }),
    dialogLogoutAction: optional(oneOf<DialogLogoutAction>({ CLOSE: true, TRANSFER: true })),
  },
  'media.setState': {
    ...asked,
    mrd: text,
    state: oneOf<Values<'media.setState', 'state'>>({ READY: true, NOT_READY: true, LOGOUT: true, ACTIVE: true }),
    reasonCodeId: optional(text),
  },
  'media.setRoutable': { ...asked, mrd: text, routable: flag },
  'dialog.act': {
    ...asked,
    dialog: text,
    action: oneOf<TaskAction>({
      ACCEPT: true,
      START: true,
      PAUSE: true,
      RESUME: true,
      WRAP_UP: true,
      CLOSE: true,
      TRANSFER: true,
    }),
    target: optional(text),
  },
  'call.make': { ...asked, fromAddress: text, toAddress: text, variables: optional(variables) },
  'call.monitor': { ...asked, fromAddress: text, toAddress: text },
  'call.barge': { ...asked, fromAddress: text, toAddress: text, monitor: text },
  'call.act': {
    ...asked,
    dialog: text,
    action: oneOf<LegAction>({
      ANSWER: true,
      HOLD: true,
      RETRIEVE: true,
      DROP: true,
      ACCEPT: true,
      CLOSE: true,
      REJECT: true,
    }),
    targetMediaAddress: text,
  },
  'call.consult': { ...asked, dialog: text, targetMediaAddress: text, toAddress: text },
  'call.transferTo': { ...asked, dialog: text, targetMediaAddress: text, toAddress: text },
  'call.join': {
    ...asked,
    dialog: text,
    action: oneOf<JoinAction>({ TRANSFER: true, CONFERENCE: true }),
    targetMediaAddress: text,
  },
  'call.dropParticipant': { ...asked, dialog: text, targetMediaAddress: text },
  'call.setData': {
    ...asked,
    dialog: text,
    targetMediaAddress: optional(text),
    variables: optional(variables),
    wrapUpReason: optional(text),
  },
  'call.record': { ...asked, dialog: text, targetMediaAddress: text },
  'call.sendDtmf': { ...asked, dialog: text, targetMediaAddress: text, tones: text },
  'call.reclassify': {
    ...asked,
    dialog: text,
    targetMediaAddress: text,
    classification: oneOf<Classification>({
      VOICE: true,
      FAX: true,
      ANS_MACHINE: true,
      INVALID: true,
      BUSY: true,
      DO_NOT_CALL: true,
    }),
  },
  'call.setCallback': {
    ...asked,
    dialog: text,
    targetMediaAddress: text,
    callbackTime: optional(text),
    callbackNumber: optional(text),
  },
  'call.cancelCallback': { ...asked, dialog: text, targetMediaAddress: text },
}

/** The rejection of an invalid command; `undefined` for a valid one. `about` names the wrong field. */
export function notACommand(given: unknown): Rejected | undefined {
  const fields =
    typeof given === 'object' && given !== null ? new Map<string, unknown>(Object.entries(given)) : undefined
  const type = fields?.get('type')
  if (!fields || typeof type !== 'string' || !isType(type))
    return rejected('UNKNOWN_COMMAND', String(type).slice(0, 100))
  const wrong = Object.entries<Check>(COMMANDS[type]).find(([field, check]) => !check(fields.get(field)))
  if (wrong) return rejected('INVALID_COMMAND', wrong[0])
  // Without this, the user would get an error notification about an unknown script selector without a name.
  const isWithoutTarget =
    type === 'dialog.act' && fields.get('action') === 'TRANSFER' && (fields.get('target') ?? '') === ''
  return isWithoutTarget ? rejected('INVALID_COMMAND', 'target') : undefined
}

const isType = (type: string): type is Command['type'] => Object.hasOwn(COMMANDS, type)
