/** A medium without a user above it: what holds where nobody says otherwise. */
import { standardTimes } from '../task/standard.ts'
import type { MediaInput, MrdSettings } from './model.ts'

/** An MRD may be interrupted. */
export const standardSettings: MrdSettings = { interruptible: true, ...standardTimes }

/** What has to be said of a medium: whose it is, and of which MRD. */
export type MediaStart = Pick<MediaInput, 'user' | 'mrd'> & Partial<MediaInput>

export const completeMedium = ({ user, mrd, ...others }: MediaStart): MediaInput => ({
  user,
  mrd,
  member: true,
  settings: standardSettings,
  actingSide: 'A',
  ...others,
})
