/**
 * How a follower sees that a command had its effect. Finesse repeats the `requestId` for users and calls, but not for
 * media and tasks, and not reliably (`notifications 7.4`). So the state decides too.
 */
import type { LegAction, LegState } from '../../../machines/wire.ts'
import type { Command } from '../../engine/commands.ts'
import type { CallDialogValue, DialogValue } from '../../engine/values.ts'
import type { Told } from '../events/update.ts'
import type { Belongings, Picture } from '../picture.ts'

export interface Goal {
  /** Does the picture show the effect? `undefined`: nothing that is shown would tell. */
  readonly holds: ((known: Belongings) => boolean) | undefined
  /** Is it about the object of the command? Such a failure without a `requestId` belongs to the command. */
  readonly concerns: (told: Told) => boolean
}

export function goalOf(command: Command, before: Picture): Goal {
  switch (command.type) {
    case 'user.signIn':
    case 'user.setState':
      return { holds: userGoal(command), concerns: (told) => isAbout(told, 'user', '') }
    case 'media.signIn':
    case 'media.setState':
    case 'media.setRoutable':
      return { holds: mediaGoal(command), concerns: (told) => isAbout(told, 'media', command.mrd) }
    case 'dialog.act':
      return { holds: taskGoal(command), concerns: (told) => isAbout(told, 'task', command.dialog) }
    case 'call.make':
    case 'call.monitor':
    case 'call.barge': {
      const calls = new Set(before.calls(command.user).map((call) => call.id))
      return {
        holds: ({ dialogs }) => [...dialogs.values()].some((each) => each.kind === 'call' && !calls.has(each.id)),
        concerns: (told) => isAbout(told, 'call', ''),
      }
    }
    default:
      return {
        holds: callGoal(command, before.dialog(command.dialog)),
        concerns: (told) => isAbout(told, 'call', command.dialog),
      }
  }
}

/** An error about this object. One of a new call names no dialog. */
const isAbout = (told: Told, about: string, object: string): boolean =>
  told.kind === 'error' && told.about === about && (object === '' || told.object === object || told.object === '')

function userGoal(command: Extract<Command, { type: 'user.signIn' | 'user.setState' }>): Goal['holds'] {
  if (command.type === 'user.signIn')
    return ({ user }) => user !== undefined && user.state !== 'LOGOUT' && user.extension === command.extension
  const { state, reasonCodeId } = command
  return ({ user }) =>
    user !== undefined &&
    (user.pendingState === state ||
      (user.state === state && (reasonCodeId === undefined || state === 'READY' || user.reasonCodeId === reasonCodeId)))
}

function mediaGoal(
  command: Extract<Command, { type: 'media.signIn' | 'media.setState' | 'media.setRoutable' }>,
): Goal['holds'] {
  return ({ media }) => {
    const status = media.get(command.mrd)?.status
    if (!status) return false
    if (command.type === 'media.setRoutable') return status.routable === command.routable
    if (command.type === 'media.signIn')
      return (
        status.state !== 'LOGOUT' &&
        status.maxDialogLimit === command.maxDialogLimit &&
        status.interruptAction === command.interruptAction
      )
    if (command.state === 'NOT_READY' || command.state === 'LOGOUT') return status.state === command.state
    return !['NOT_READY', 'LOGOUT', 'WORK_NOT_READY'].includes(status.state)
  }
}

const AFTER = {
  ACCEPT: 'ACCEPTED',
  START: 'ACTIVE',
  PAUSE: 'PAUSED',
  RESUME: 'ACTIVE',
  WRAP_UP: 'WRAPPING_UP',
} as const

function taskGoal({ dialog, action }: Extract<Command, { type: 'dialog.act' }>): Goal['holds'] {
  if (action === 'CLOSE' || action === 'TRANSFER') return ({ dialogs }) => !dialogs.has(dialog)
  return ({ dialogs }) => dialogs.get(dialog)?.state === AFTER[action]
}

/** The state of the leg after an action. Without one the agent leaves the call. */
const LEG: Readonly<Partial<Record<LegAction, LegState>>> = {
  ANSWER: 'ACTIVE',
  HOLD: 'HELD',
  RETRIEVE: 'ACTIVE',
  ACCEPT: 'ACCEPTED',
}

type OnCall = Exclude<Extract<Command, { readonly dialog: string }>, { type: 'dialog.act' }>

function callGoal(command: OnCall, before: DialogValue | undefined): Goal['holds'] {
  const { dialog } = command
  // Tones and recordings go nowhere that a follower sees.
  if (command.type === 'call.sendDtmf' || command.type === 'call.record') return undefined
  const legIn = (call: DialogValue | undefined, address: string) =>
    call?.kind === 'call' ? call.participants.find(({ mediaAddress }) => mediaAddress === address) : undefined
  const state = command.type === 'call.act' ? LEG[command.action] : undefined
  if (command.type === 'call.act' && state !== undefined) {
    const { targetMediaAddress } = command
    return ({ dialogs }) => legIn(dialogs.get(dialog), targetMediaAddress)?.state === state
  }
  if (command.type === 'call.act' || command.type === 'call.dropParticipant')
    return ({ dialogs }) =>
      !['ACTIVE', 'HELD', 'ALERTING', 'INITIATED'].includes(
        legIn(dialogs.get(dialog), command.targetMediaAddress)?.state ?? '',
      )
  // Everything else changes the call.
  return ({ dialogs }) => changed(dialogs.get(dialog), before)
}

const changed = (now: DialogValue | undefined, before: DialogValue | undefined): boolean =>
  now === undefined ? before !== undefined : before === undefined || textOf(now) !== textOf(before)

const textOf = (dialog: DialogValue | CallDialogValue): string => JSON.stringify(dialog)
