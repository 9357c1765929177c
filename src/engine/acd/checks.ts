/** Checks the events of an external ACD before they become inputs, so that they cannot cause an error later. */
import { taskView } from '../../../machines/index.ts'
import { isInherited } from '../../directory/names.ts'
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { isFarEndState } from '../aggregate/queue/acd-calls.ts'
import type { AcdCall, AcdTask, FarEndState } from '../ports.ts'
import { ownerOf } from '../reads.ts'
import type { Variable } from '../values.ts'

/** Longest id, name or address, in characters. */
const NAME_MAX = 256
/** Longest reason for a refused resubmission, in characters. */
const REASON_MAX = 1000
/** Limits for one task: the number of variables, and the characters of all their names and values together. */
const VARIABLES = { most: 200, characters: 32_768 }

/** Characters that XML cannot carry, halves of surrogate pairs among them. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u
const CONTROL = /\p{Cc}/u

/** An event of the ACD is invalid. Nothing was committed, and the same event would be refused again. */
export class AcdEventRefused extends MrdianError {
  override readonly name = 'AcdEventRefused'
  readonly code: CodeOf<'AcdEventRefused'>
  /** What is wrong, for example `task.id`. */
  readonly about: string
  constructor(code: CodeOf<'AcdEventRefused'>, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }
}

/** @throws AcdEventRefused */
export function checkUser(aggregates: Aggregates, user: string): void {
  if (!aggregates.user(user)) throw new AcdEventRefused('UNKNOWN_USER', 'user', `there is no user ${shown(user)}`)
}

/** @throws AcdEventRefused */
export function checkOffer(aggregates: Aggregates, user: string, offer: string, task: AcdTask): void {
  checkId('offer', offer)
  const { id, mrd, scriptSelector, variables, queueNumber = '', queueName = '', associatedDialog = '' } = task
  checkId('task.id', id)
  checkId('task.scriptSelector', scriptSelector)
  for (const [about, text] of Object.entries({ queueNumber, queueName, associatedDialog }))
    checkText(`task.${about}`, text, NAME_MAX)
  checkVariables('task', variables)
  if (!aggregates.user(user)?.setup.mrds.some((each) => each.id === mrd))
    throw new AcdEventRefused('UNKNOWN_MRD', 'task.mrd', `there is no nonvoice MRD ${shown(mrd)}`)
  if (isOpen(aggregates, user, offer, task))
    throw new AcdEventRefused('DUPLICATE_TASK', 'task.id', `agent ${user} has an open dialog of task ${id}`)
}

/**
 * Has the agent an open dialog of this task from another offer? That is an error of the ACD. A repetition of the same
 * offer is not an error.
 */
function isOpen(aggregates: Aggregates, user: string, offer: string, { id, mrd }: AcdTask): boolean {
  const known = aggregates.user(user)
  const medium = known?.snapshot.context.media[mrd]
  if (!known || !medium || known.hasHeardOffer(offer)) return false
  return Object.values(medium.getSnapshot().context.dialogs).some(
    (dialog) => taskView(dialog.getSnapshot()).task.id === id,
  )
}

/** @throws AcdEventRefused */
export function checkId(about: string, id: string): void {
  if (typeof id !== 'string' || id === '' || NOT_XML.test(id) || CONTROL.test(id))
    throw new AcdEventRefused(
      'INVALID_ID',
      about,
      `${about} has to be a string of at least one character, without control characters`,
    )
  if (id.length > NAME_MAX) throw tooLong(about, NAME_MAX)
  if (isInherited(id))
    throw new AcdEventRefused(
      'RESERVED_NAME',
      about,
      `${about} must not be ${id}: every object has a member of this name`,
    )
}

/**
 * Has the id the form of a dialog of this user, in an MRD that the user has or had? A dialog that has ended is accepted,
 * because an answer to its transfer may be late.
 *
 * @returns the MRD of the dialog
 * @throws AcdEventRefused
 */
export function checkDialog(aggregates: Aggregates, user: string, dialog: string): string {
  checkId('dialog', dialog)
  const owner = ownerOf(dialog)
  const media = aggregates.user(user)?.snapshot.context.media ?? {}
  if (owner?.user !== user || !Object.hasOwn(media, owner.mrd))
    throw new AcdEventRefused('UNKNOWN_DIALOG', 'dialog', `there is no dialog ${shown(dialog)} of user ${user}`)
  return owner.mrd
}

/** @throws AcdEventRefused */
export function checkOfferedCall(offer: string, call: AcdCall): void {
  checkId('offer', offer)
  const { id, from, to, variables, queueNumber = '', queueName = '', callType } = call
  checkId('call.id', id)
  checkText('call.from', from, NAME_MAX)
  checkId('call.to', to)
  for (const [about, text] of Object.entries({ queueNumber, queueName })) checkText(`call.${about}`, text, NAME_MAX)
  if (callType !== undefined) checkId('call.callType', callType)
  checkVariables('call', variables)
}

/** @throws AcdEventRefused */
export function checkFarEnd(call: string, state: string): asserts state is FarEndState {
  checkId('call', call)
  if (typeof state !== 'string' || !isFarEndState(state))
    throw new AcdEventRefused('INVALID_CALL_STATE', 'state', `${shown(state)} is no state of a party outside`)
}

/** @throws AcdEventRefused */
export function checkReason(reason: string): void {
  checkText('reason', reason, REASON_MAX)
}

/** @throws AcdEventRefused */
export function checkAttempt(attempt: number | null): void {
  if (attempt !== null && !(Number.isSafeInteger(attempt) && attempt >= 0))
    throw new AcdEventRefused(
      'INVALID_ATTEMPT',
      'attempt',
      'attempt has to be that of the request, a whole number from 0',
    )
}

/** `of`: what has the variables, `task` or `call`. */
function checkVariables(of: string, variables: readonly Variable[]): void {
  const list = `${of}.variables`
  if (!Array.isArray(variables)) throw new AcdEventRefused('INVALID_TEXT', list, `${list} has to be a list`)
  if (variables.length > VARIABLES.most)
    throw new AcdEventRefused('TOO_MANY_VARIABLES', list, `a ${of} has at most ${VARIABLES.most} variables`)
  const names = new Set<string>()
  let characters = 0
  for (const { name, value } of variables) {
    checkId(`${list}.name`, name)
    checkText(`${list}.${name}`, value, VARIABLES.characters)
    if (names.has(name))
      throw new AcdEventRefused('DUPLICATE_VARIABLE', `${list}.${name}`, `variable ${name} is given twice`)
    names.add(name)
    characters += name.length + value.length
  }
  if (characters > VARIABLES.characters) throw tooLong(list, VARIABLES.characters)
}

/** The error never quotes the text, because it may be customer data. */
function checkText(about: string, text: string, longest: number): void {
  if (typeof text !== 'string' || NOT_XML.test(text))
    throw new AcdEventRefused('INVALID_TEXT', about, `${about} has to be text that XML can carry`)
  if (text.length > longest) throw tooLong(about, longest)
}

const tooLong = (about: string, most: number) =>
  new AcdEventRefused('TOO_LONG', about, `${about} has more than ${most} characters`)

const shown = (text: unknown) => JSON.stringify(String(text).slice(0, NAME_MAX))
