/** Why a dialog, a call or a presence is in its state: `media 12.2`, `dialog 6`, `notifications 9`. */
import type { DispositionCode, LegState, TaskState } from '../../../../machines/wire.ts'
import type { Reason, Subject } from '../explanation.ts'
import type { TaskPicture } from '../picture.ts'
import { byRule, ruleText, taskStateText } from '../told.ts'
import type { Move } from '../trace.ts'
import { changeOf, dueOf, presenceReason, reason, type Scene } from './scene.ts'

type DialogSubject = Extract<Subject, { kind: 'dialog' }>

export function dialogReasons(scene: Scene, subject: DialogSubject): readonly Reason[] {
  const task = scene.picture.tasks[subject.dialog]
  if (!task) return []
  const limit = dueOf(scene, subject.dialog, 'TASK_LIFE')
  return [
    ...BY_STATE[task.view.state](scene, task, changeOf(scene, subject)),
    ...(task.transferTo === null ? [] : [transfer(scene, task)]),
    ...(limit === undefined ? [] : [reason('D19', `its application path is down; the task life ends at ${limit}`)]),
  ]
}

type Because = (scene: Scene, task: TaskPicture, move: Move | undefined) => readonly Reason[]

const BY_STATE: Readonly<Record<TaskState, Because>> = {
  OFFERED: (scene, { view }) => {
    const due = dueOf(scene, view.dialog, 'START_TIMEOUT')
    return [reason('D1', `it waits for ACCEPT${due ? `; the Start Timeout ends the offer at ${due}` : ''}`)]
  },
  ACCEPTED: () => [reason('D2', taskStateText('ACCEPTED'))],
  ACTIVE: (_, __, move) => [activeReason(move)],
  PAUSED: () => [reason('D6', taskStateText('PAUSED'))],
  WRAPPING_UP: () => [reason('D8', taskStateText('WRAPPING_UP'))],
  INTERRUPTED: (_, { beforeInterrupt }) => [
    reason('D12', `its MRD is interrupted; it was ${beforeInterrupt ?? 'in a state that was lost'}`),
    beforeInterrupt === null
      ? byRule('D14')
      : reason('D13', `it will be ${beforeInterrupt} again when the interrupt is over`),
  ],
  UNKNOWN: () => [byRule('D14')],
  CLOSED: () => [],
}

function activeReason(move: Move | undefined): Reason {
  const event = move?.input.kind === 'user' ? move.input.event : undefined
  if (event?.type === 'DIALOG_ACTION' && event.action === 'RESUME') return reason('D7', 'the agent resumed it')
  if (event?.type === 'DIALOG_ACTION' && event.action === 'START') return reason('D5', 'the agent started it')
  if (event?.type === 'TASK_EVENT') return reason('user 5.1', 'the Finesse that is followed said so')
  return reason('D13', 'the interrupt is over, and it was ACTIVE before')
}

function transfer(scene: Scene, { view, transferTo }: TaskPicture): Reason {
  const due = dueOf(scene, view.dialog, 'TRANSFER_TIMEOUT')
  return reason('D10', `its transfer to ${transferTo} waits for the ACD${due ? `, until ${due} (D11)` : ''}`)
}

/** Why a dialog was closed, by its disposition code. */
export const CLOSED_BECAUSE: Readonly<Record<DispositionCode, Reason>> = {
  CD_NORMAL_END_TASK: byRule('D9'),
  CD_TASK_TRANSFER: byRule('D10'),
  CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT: byRule('D18'),
  CD_RING_NO_ANSWER: byRule('R2'),
  CD_MAX_DIALOG_LIFETIME_EXCEEDED: byRule('D16'),
  CD_TASK_ABANDONED_WHILE_OFFERED: byRule('D4'),
  CD_AGENT_LOGGED_OUT_DURING_DIALOG: byRule('D17'),
  CD_APPLICATION_DISCONNECTED: reason(['D19', 'P11'], `${ruleText('D19')}, or: ${ruleText('P11')}`),
}

const isCode = (code: string): code is DispositionCode => code in CLOSED_BECAUSE

export function closedReasons(code: string): readonly Reason[] {
  return isCode(code) ? [CLOSED_BECAUSE[code]] : []
}

const LEGS: Readonly<Record<LegState, Reason | undefined>> = {
  INITIATING: undefined,
  INITIATED: undefined,
  ALERTING: reason('V2', 'it rings at the extension of the agent'),
  ACTIVE: reason('V3', 'the agent answered it'),
  FAILED: undefined,
  HELD: reason('U21', 'the agent put it on hold'),
  DROPPED: reason('V5', 'it is over'),
  WRAP_UP: reason('V6', 'the conversation is over, and the agent wraps up'),
  ACCEPTED: undefined,
}

/** `due`: when the call stops ringing, if that is known. */
export function callReasons(leg: LegState, due: string | undefined): readonly Reason[] {
  const found = LEGS[leg]
  if (!found) return []
  return leg === 'ALERTING' && due ? [found, reason('V10', `it stops ringing at ${due}`)] : [found]
}

/** Why a call is over for its agent. */
export function endedCallReasons({ input }: Move): readonly Reason[] {
  if (input.kind !== 'message' || input.body.type !== 'leg') return []
  return [input.body.notAnswered ? reason('V10', 'it was not answered in time') : byRule('V7')]
}

export function presenceReasons(scene: Scene, side: string): readonly Reason[] {
  const { state = 'ABSENT', sessions = 0 } = scene.picture.presence[side] ?? {}
  const move = changeOf(scene, { kind: 'presence', side })
  switch (state) {
    case 'PRESENT':
      return [reason('notifications 9.1', `${sessions} session${sessions === 1 ? ' is' : 's are'} available`)]
    case 'GRACE': {
      const due = dueOf(scene, `presence:${side}`, 'PRESENCE_GRACE_OVER')
      const isAfterSignIn = move?.input.kind === 'user' && move.input.event.type.endsWith('SIGN_IN')
      const why = isAfterSignIn ? 'the agent signed in without a session' : 'the last session is gone'
      const end = due ?? 'the end of the grace period'
      return [reason('notifications 9.1', `${why}, and the agent is signed out by force at ${end} unless one comes`)]
    }
    case 'UNKNOWN':
      return [
        reason(
          'notifications 9.1',
          'the notification service is away, and the agent was there or had to be; the grace period begins when it is back',
        ),
      ]
    default: {
      const lost = move && presenceReason(scene, move)
      return [lost ?? reason('notifications 9.1', 'no session is available, and nobody is waited for')]
    }
  }
}
