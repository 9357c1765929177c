/** Converts a user event of the followed Finesse to an event of the user machine. */
import { CALL_STATES, LEG_STATES, MEDIA_STATES, TASK_STATES, USER_STATES } from '../../../machines/wire.ts'
import type { Directory } from '../../directory/model.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { asReason } from '../aggregate/user/setup.ts'
import type { UserEventInput } from '../api.ts'
import type { UserInputEvent } from '../input.ts'
import type { CallDialogValue } from '../values.ts'
import { followedCall } from './followed-call.ts'

const CHANGES = { added: 'ADDED', changed: 'CHANGED', removed: 'REMOVED' } as const

/** Checks a user event at run time, because a caller may not use the types. @throws InvalidArgument */
export function checkUserEvent(event: UserEventInput): void {
  const states = typeof event === 'object' && event !== null ? statesOf(event) : undefined
  if (!states) throw new InvalidArgument('a user event has one of these kinds: user, media, task, call')
  const { state } = event.kind === 'call' ? checkedCall(event) : event
  if (!states.includes(state)) throw new InvalidArgument(`a ${event.kind} has no state ${String(state)}`)
}

/** @throws InvalidArgument */
function checkedCall({ change, call }: Extract<UserEventInput, { kind: 'call' }>): CallDialogValue {
  if (!Object.hasOwn(CHANGES, change)) throw new InvalidArgument(`a call has no change ${String(change)}`)
  if (!isCall(call)) throw new InvalidArgument('an event of a call has the call, as the reads give it')
  for (const { state } of call.participants)
    if (!LEG_STATES.includes(state)) throw new InvalidArgument(`a participant has no state ${String(state)}`)
  return call
}

function isCall(call: CallDialogValue): boolean {
  if (typeof call !== 'object' || call === null || !Array.isArray(call.participants)) return false
  const { id, fromAddress, toAddress, dnis, dialedNumber, callType, variables, participants } = call
  return (
    [id, fromAddress, toAddress, dnis, dialedNumber, callType].every((text) => typeof text === 'string') &&
    Array.isArray(variables) &&
    participants.every((party) => typeof party?.mediaAddress === 'string' && Array.isArray(party.actions))
  )
}

function statesOf({ kind }: UserEventInput): readonly string[] | undefined {
  switch (kind) {
    case 'user':
      return USER_STATES
    case 'media':
      return MEDIA_STATES
    case 'task':
      return TASK_STATES
    case 'call':
      return CALL_STATES
    default:
      return undefined
  }
}

export function followed(event: UserEventInput, directory: Directory): UserInputEvent {
  if (event.kind === 'media') {
    const { mrd, state, routable } = event
    return { type: 'MEDIA_EVENT', mrd, state, ...(routable === undefined ? {} : { routable }) }
  }
  if (event.kind === 'task') {
    const { mrd, dialog, state, variables } = event
    return { type: 'TASK_EVENT', mrd, dialog, state, ...(variables === undefined ? {} : { variables }) }
  }
  if (event.kind === 'call')
    return { type: 'CALL_EVENT', change: CHANGES[event.change], call: followedCall(event.call) }
  const { state, extension, reasonCodeId } = event
  const code = directory.reasonCodes.find((each) => each.id === reasonCodeId)
  const reason = event.reason ?? (code ? asReason(code) : null)
  return { type: 'USER_EVENT', state, reason, ...(extension === undefined ? {} : { extension }) }
}

/** The names in an event that become keys of the state. */
export function namesIn(event: UserEventInput): readonly string[] {
  if (event.kind === 'call') return [event.call.id]
  return ['mrd' in event ? event.mrd : '', 'dialog' in event ? event.dialog : '']
}
