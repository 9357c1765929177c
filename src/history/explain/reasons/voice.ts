/** Why the voice state is what it is: `user 5`, `dialog 6` and 13. */
import type { RuleId } from '../../../../machines/index.ts'
import type { UserState } from '../../../../machines/wire.ts'
import { instant } from '../../../times/index.ts'
import type { Reason } from '../explanation.ts'
import { whoWords } from '../inputs.ts'
import { ASKED } from '../last-changes.ts'
import type { Picture } from '../picture.ts'
import { byRule } from '../told.ts'
import type { Move } from '../trace.ts'
import { changeOf, dueOf, listed, messageOf, presenceReason, reason, type Scene } from './scene.ts'

export function voiceReasons(scene: Scene): readonly Reason[] {
  const { voice } = scene.picture
  const move = changeOf(scene, { kind: 'voice' })
  return [...BY_STATE[voice.state](scene, move), ...pendingReason(scene)]
}

type Because = (scene: Scene, move: Move | undefined) => readonly Reason[]

const calls = ({ picture }: Scene, ...legs: readonly string[]) =>
  listed(Object.entries(picture.calls).flatMap(([id, { leg }]) => (legs.includes(leg) ? [`call ${id}`] : [])))

const BY_STATE: Readonly<Record<UserState, Because>> = {
  LOGOUT: (scene, move) => {
    if (!move)
      return scene.picture.voice.stateChangeTime === null
        ? [reason('user 5.1', 'the agent has not signed in to voice')]
        : []
    return [presenceReason(scene, move) ?? signOutReason(move)]
  },
  NOT_READY: (scene, move) => [
    ...(move ? restReasons(scene, move) : []),
    ...(calls(scene, 'ALERTING') === ''
      ? []
      : [
          reason(
            'user 5.2',
            `${calls(scene, 'ALERTING')} rings, which does not reserve an agent who is NOT_READY (ruling 32)`,
          ),
        ]),
  ],
  READY: (scene, move) => (move ? restReasons(scene, move) : []),
  RESERVED: (scene) => [reason('U9', `${calls(scene, 'ALERTING')} rings and was not answered yet`)],
  RESERVED_OUTBOUND: () => [followed],
  RESERVED_OUTBOUND_PREVIEW: () => [followed],
  TALKING: (scene) => callReasons(scene, 'U12', `${calls(scene, 'ACTIVE')} was answered`, calls(scene, 'ACTIVE')),
  HOLD: (scene) => callReasons(scene, 'U21', `${calls(scene, 'HELD')} is on hold`, calls(scene, 'HELD')),
  WORK: (scene) => [wrapUp(scene, 'U24', 'NOT_READY')],
  WORK_READY: (scene) => [wrapUp(scene, 'U25', 'READY')],
  UNKNOWN: () => [followed],
}

const followed = reason('user 5.1', 'the Finesse that is followed said so')

const callReasons = (scene: Scene, rule: RuleId, text: string, found: string): readonly Reason[] =>
  found === '' ? (scene.picture.setup.role === 'follower' ? [followed] : []) : [reason(rule, text)]

function wrapUp(scene: Scene, rule: RuleId, next: string): Reason {
  const due = dueOf(scene, 'user', 'WRAP_UP_TIMEOUT')
  return reason(
    rule,
    `the agent wraps up after ${calls(scene, 'WRAP_UP') || 'a call'}, and is ${next} afterwards${due ? `, at ${due} at the latest` : ''}`,
  )
}

function signOutReason({ input, before }: Move): Reason {
  if (input.kind === 'user' && input.event.type === 'SIGN_OUT')
    return input.event.supervisor ? byRule('user 5.7') : reason('U4', 'the agent signed out')
  if (before?.voice.pendingState === 'LOGOUT')
    return reason('user 5.7', 'a supervisor asked for it during the call, which is over')
  return followed
}

function restReasons(scene: Scene, move: Move): readonly Reason[] {
  const { input, before } = move
  const { state } = scene.picture.voice
  const lost = presenceReason(scene, move)
  if (lost)
    return [
      lost,
      reason('notifications 9.2', 'a forced sign-out leaves the agent NOT_READY, as Logout on Agent Disconnect is 0'),
    ]
  if (messageOf(move)?.type === 'leg') return [afterCall(move, state)]
  if (input.kind !== 'user') return []
  const { event } = input
  switch (event.type) {
    case 'SIGN_IN':
      return [byRule('U3')]
    case 'READY':
    case 'NOT_READY': {
      const rule = event.supervisor
        ? 'user 5.7'
        : event.type === 'READY'
          ? 'U6'
          : before?.voice.state === 'NOT_READY'
            ? 'U5'
            : 'U8'
      return [reason(rule, `${event.supervisor ? 'a supervisor' : 'the agent'} asked for ${event.type}`)]
    }
    case 'USER_EVENT':
      return [followed]
    default:
      return []
  }
}

function afterCall(move: Move, state: UserState): Reason {
  const body = messageOf(move)
  if (body?.type === 'leg' && body.notAnswered && state === 'NOT_READY')
    return reason('V10', `call ${body.call.dialog} was not answered`)
  const pending = move.before?.voice.pendingState ?? ''
  const rule = state === 'READY' ? 'U22' : 'U23'
  if (pending === state) return reason('user 5.5', `${state} was asked for during the call, and the call is over`)
  return reason(rule, `the call is over, and the agent was ${state} before it`)
}

function pendingReason({ picture, changes, names }: Scene): readonly Reason[] {
  const { pendingState } = picture.voice
  if (pendingState === '') return []
  const { row } = changes.get(ASKED) ?? {}
  const asked = row?.origin
    ? ` by ${whoWords({ via: row.origin.via, by: row.origin.by ?? null }, names.user)} at ${instant(row.at)}`
    : ''
  return [reason('user 5.5', `${pendingState} was asked for${asked}, and waits until the call is over`)]
}

/** What a pending state waits for; `null` without one. */
export function pendingUntil(picture: Picture): string | null {
  if (picture.voice.pendingState === '') return null
  return `the end of ${listed(Object.keys(picture.calls).map((id) => `call ${id}`)) || 'the call'}`
}
