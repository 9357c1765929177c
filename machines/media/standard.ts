/** Defaults for a medium that runs without a user. */
import type { SignInSettings, TaskFacts } from '../effects.ts'
import { standardTask, standardTimes } from '../task/standard.ts'
import type { Side } from '../wire.ts'
import { type MediaEvent, type MediaInput, type MrdSettings, UNKNOWN_SETTINGS } from './model.ts'

/** The default settings of an MRD. It may be interrupted. */
export const standardSettings: MrdSettings = { interruptible: true, ...standardTimes }

/** The input of a medium. Only the user and the MRD are required. */
export type MediaStart = Pick<MediaInput, 'user' | 'mrd'> & Partial<MediaInput>

export const completeMedium = ({ user, mrd, ...others }: MediaStart): MediaInput => ({
  user,
  mrd,
  member: true,
  settings: standardSettings,
  actingSide: 'A',
  ...others,
})

type EventAt<Type extends MediaEvent['type']> = Extract<MediaEvent, { type: Type }>

/** A sign-in to a medium that runs alone. Only the time is required. `settings`: those of its MRD. */
export function mediaSignIn({
  at,
  side = 'A',
  settings = standardSettings,
  ...chosen
}: Partial<SignInSettings> & {
  readonly at: number
  readonly side?: Side
  readonly settings?: MrdSettings
}): EventAt<'SIGN_IN'> {
  const signIn = { ...UNKNOWN_SETTINGS, ...chosen }
  return { type: 'SIGN_IN', side, actingSide: side, knownOn: [side], signIn, settings, at }
}

/** An offer to a medium that runs alone. `id`: the id of the task, and of the offer unless `offer` is given. */
export function mediaOffer({
  at,
  id,
  offer = id,
  busyElsewhere = false,
  ...facts
}: Pick<TaskFacts, 'id'> &
  Partial<TaskFacts> & {
    readonly at: number
    readonly offer?: string
    /** The agent works in another MRD that may not be interrupted, or on a call. */
    readonly busyElsewhere?: boolean
  }): EventAt<'OFFER'> {
  return { type: 'OFFER', offer, task: { ...standardTask(id), ...facts }, busyElsewhere, at }
}
