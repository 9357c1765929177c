/** Defaults for a medium that runs without a user. */
import { standardTimes } from '../task/standard.ts'
import type { MediaInput, MrdSettings } from './model.ts'

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
