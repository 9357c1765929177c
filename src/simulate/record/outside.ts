/** Turns inputs from outside into entries of `script`: commands, presence, customers, failures. */
import type { Input } from '../../engine/input.ts'
import type { JournalRow } from '../../engine/ports.ts'
import type { Recorded, RecordedContacts } from './contacts.ts'
import type { Line } from './lines.ts'
import { CALLER, type NeutralNames, neutralVariables } from './names.ts'
import type { PastEngine } from './past.ts'

/** What a script cannot express, and how often it occurred. */
export type Notes = Map<string, number>

/** Counts one that has no entry. */
export const noteThat = (notes: Notes, what: string): undefined => void notes.set(what, (notes.get(what) ?? 0) + 1)

export const UNTOLD = {
  sideB: 'presence and failures of side B: a recording has only one side',
  acd: 'inputs of an external ACD, or of a Finesse that was followed',
  callData: 'new data of calls, and tones',
  joins: 'transfers and conferences of calls',
  unknown: 'actions on contacts whose beginning is not kept',
  outside: 'calls between parties outside: a scenario has only calls of agents',
  outgoing: 'calls that agents make: a scenario has only calls from outside',
  queues: 'calls to queues: a scenario has only calls to extensions',
  setups: 'changes of the directory: its first version is used all the time',
} as const

/** Replacement of a transfer target that is in no MRD. */
const NOWHERE = 'nowhere'

export interface Scene {
  readonly past: PastEngine
  readonly names: NeutralNames
  readonly contacts: RecordedContacts
  readonly notes: Notes
}

type UserEvent = Extract<Input, { kind: 'user' }>['event']

/**
 * The entry of an input; `undefined` for none. Called before the row is applied. An input that came too late to change
 * anything has no entry.
 */
export function entryOf(row: JournalRow, input: Input, scene: Scene): Line | undefined {
  const { aggregate, at } = row
  const { past, names, contacts, notes } = scene
  const subject = aggregate.slice(aggregate.indexOf('/') + 1)
  switch (input.kind) {
    case 'user':
      return ofUser(subject, at, input.event, scene)
    case 'acd':
      return noteThat(notes, UNTOLD.acd)
    case 'submitTask': {
      if (row.made === null) return undefined
      const { scriptSelector: selector, variables, agentId, keepAgent } = input
      const contact = contacts.task(row.made, selector)
      const agent = agentId === '' ? undefined : names.user(agentId)
      return arrival(contact, at, variables, { selector, agent, keepAgent })
    }
    case 'submitCall': {
      if (row.made === null) return undefined
      const extension = names.extension(input.to)
      const contact = contacts.call(row.made, extension, input.user)
      return arrival(contact, at, input.variables, { extension }, input.from)
    }
    case 'queueCall':
      return noteThat(notes, UNTOLD.queues)
    case 'callOutside':
      return noteThat(notes, UNTOLD.outside)
    case 'makeCall':
      return noteThat(notes, UNTOLD.outgoing)
    case 'abandonTask': {
      const state = past.task(input.task)?.state
      if (state !== 'queued' && state !== 'reserved') return undefined
      return found(contacts.ofTask(input.task), at, { do: 'giveUp' }, notes)
    }
    case 'call': {
      const contact = contacts.ofDialog(subject)
      const { event } = input
      if (event.type === 'CALLER_HANGS_UP') return found(contact, at, { do: 'giveUp' }, notes)
      if (event.type === 'UPDATE_CALL_DATA' || event.type === 'SEND_DTMF') return noteThat(notes, UNTOLD.callData)
      if (
        event.type === 'TRANSFER' ||
        event.type === 'CONFERENCE' ||
        event.type === 'PARTICIPANT_DROP' ||
        event.type === 'TRANSFER_SST'
      )
        return noteThat(notes, UNTOLD.joins)
      if (event.type === 'CONSULT_CALL') return noteThat(notes, UNTOLD.outgoing)
      const { type: action, user, targetMediaAddress } = event
      const extension = names.extension(targetMediaAddress)
      return found(contact, at, { do: 'call.act', user: names.user(user), action, extension }, notes)
    }
    case 'fault': {
      const { fault } = input
      if (!aggregate.startsWith('side/')) return undefined
      if (fault.side !== 'A') return noteThat(notes, UNTOLD.sideB)
      return { at, fields: faultFields(fault) }
    }
    default:
      return undefined
  }
}

type Fault = Extract<Input, { kind: 'fault' }>['fault']

export function faultFields(fault: Fault): Line['fields'] {
  const { type, up } = fault
  const both = type === 'peripheral-gateway' && fault.both ? true : undefined
  return { do: 'fault', type, both, mode: type === 'resubmission' ? fault.mode : undefined, up }
}

export function arrival(
  contact: Recorded,
  at: number,
  variables: Parameters<typeof neutralVariables>[0],
  where: Line['fields'],
  caller?: string,
): Line {
  const neutral = neutralVariables(variables, caller)
  const given = Object.keys(neutral).length === 0 ? undefined : neutral
  const from = caller === undefined ? undefined : CALLER
  return { at, contact, fields: { do: contact.isCall ? 'call' : 'task', ...where, caller: from, variables: given } }
}

function found(contact: Recorded | undefined, at: number, fields: Line['fields'], notes: Notes): Line | undefined {
  if (contact) return { at, contact, fields }
  return noteThat(notes, UNTOLD.unknown)
}

function ofUser(id: string, at: number, event: UserEvent, scene: Scene): Line | undefined {
  const { past, names, notes } = scene
  const user = names.user(id)
  const line = (fields: Line['fields']): Line => ({ at, fields: { do: fields.do, user, ...fields } })
  switch (event.type) {
    case 'SIGN_IN': {
      const extension = names.extension(event.extension)
      return line({ do: 'user.signIn', extension, mobile: event.mobileAgent?.mode })
    }
    case 'READY':
      return line({ do: 'user.setState', state: 'READY', bySupervisor: event.supervisor || undefined })
    case 'NOT_READY':
    case 'SIGN_OUT': {
      const state = event.type === 'SIGN_OUT' ? 'LOGOUT' : 'NOT_READY'
      const bySupervisor = event.supervisor || undefined
      return line({ do: 'user.setState', state, reason: reasonOf(event.reason), bySupervisor })
    }
    case 'WORK':
      return line({ do: 'user.setState', state: 'WORK' })
    case 'MEDIA_SIGN_IN': {
      const { mrd, maxDialogLimit, interruptAction, dialogLogoutAction } = event
      return line({ do: 'media.signIn', mrd, maxDialogLimit, interruptAction, dialogLogoutAction })
    }
    case 'MEDIA_STATE':
      return line({ do: 'media.setState', mrd: event.mrd, state: event.state, reason: reasonOf(event.reason) })
    case 'MEDIA_ROUTABLE':
      return line({ do: 'media.setRoutable', mrd: event.mrd, routable: event.routable })
    case 'DIALOG_ACTION':
      return action(id, at, event, scene)
    case 'PRESENCE':
      if (event.side !== 'A') return noteSideB(notes)
      return line({ do: 'presence', available: event.available, session: names.session(id, event.session) })
    case 'SERVICE_LOST':
    case 'SERVICE_BACK': {
      if (event.side !== 'A') return noteSideB(notes)
      const { state } = past.presence(id)
      const matters = event.type === 'SERVICE_BACK' ? state === 'UNKNOWN' : state === 'PRESENT' || state === 'GRACE'
      if (!matters) return undefined
      return { at, fields: { do: 'fault', type: 'notification-service', up: event.type === 'SERVICE_BACK' } }
    }
    case 'USER_EVENT':
    case 'MEDIA_EVENT':
    case 'TASK_EVENT':
    case 'CALL_EVENT':
      return noteThat(notes, UNTOLD.acd)
    default:
      return undefined // consequences of a failure
  }
}

function noteSideB(notes: Notes): undefined {
  noteThat(notes, UNTOLD.sideB)
}

const reasonOf = (reason: { readonly id: string; readonly systemCode: boolean } | null) =>
  reason && !reason.systemCode ? reason.id : undefined

function action(
  id: string,
  at: number,
  event: Extract<UserEvent, { type: 'DIALOG_ACTION' }>,
  { past, names, contacts, notes }: Scene,
): Line | undefined {
  const { dialog, action: does, target, targetKnown } = event
  if (!past.dialogs(id).some((each) => each.dialog === dialog)) return undefined
  const to = target === '' ? undefined : targetKnown ? target : NOWHERE
  return found(
    contacts.ofDialog(dialog),
    at,
    { do: 'dialog.act', user: names.user(id), action: does, target: to },
    notes,
  )
}
