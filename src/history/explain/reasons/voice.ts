/** Why the voice state is what it is: `user 5`, `dialog 6` and 13. */
import type { LegState, UserState } from '../../../../machines/wire.ts'
import { instant } from '../../../times/index.ts'
import type { Reason } from '../explanation.ts'
import { whoWords } from '../inputs.ts'
import { ASKED } from '../last-changes.ts'
import type { Picture } from '../picture.ts'
import { byRule } from '../told.ts'
import { absence, changeOf, listed, reason, type Scene, stated } from './scene.ts'

/** By voice state: the state of the leg that it depends on. */
const LEGS: Readonly<Partial<Record<UserState, LegState>>> = {
  RESERVED: 'ALERTING',
  TALKING: 'ACTIVE',
  HOLD: 'HELD',
  WORK: 'WRAP_UP',
  WORK_READY: 'WRAP_UP',
}

const VOICE = { kind: 'voice' } as const

export function voiceReasons(scene: Scene): readonly Reason[] {
  const { state } = scene.picture.voice
  return [
    ...stated(scene, VOICE, state, calls(scene, LEGS[state])),
    ...absence(scene, VOICE),
    ...afterCall(scene, state),
    ...besideRinging(scene, state),
    ...pendingReason(scene),
  ]
}

const calls = ({ picture }: Scene, leg: LegState | undefined) =>
  listed(Object.entries(picture.calls).flatMap(([id, call]) => (call.leg === leg ? [`call ${id}`] : [])))

/** Further reasons if the state was entered at the end of a call. */
function afterCall(scene: Scene, state: UserState): readonly Reason[] {
  const move = changeOf(scene, VOICE)
  const body = move?.input.kind === 'message' ? move.input.body : undefined
  if (body?.type !== 'leg' || body.change !== 'REMOVED') return []
  if (body.notAnswered && state === 'NOT_READY') return [reason('V10', `call ${body.call.dialog} was not answered`)]
  const wasAskedFor = move?.before?.voice.pendingState === state
  return wasAskedFor ? [reason('user 5.5', `${state} was asked for during the call`)] : []
}

function besideRinging(scene: Scene, state: UserState): readonly Reason[] {
  const ringing = calls(scene, 'ALERTING')
  return state === 'NOT_READY' && ringing !== '' ? [byRule('ruling 32', ringing)] : []
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
