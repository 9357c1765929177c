/** Entries of a directory file, as far as a Finesse server tells them. */
import type { MediaRoutingDomain, Team, User, VoiceQueue } from '../../directory/model.ts'

export type ImportedTeam = Team

export type ImportedMrd = Pick<MediaRoutingDomain, 'id' | 'name' | 'description' | 'interruptible'>

export interface ImportedUser extends Omit<User, 'roles' | 'settings' | 'mobileAgent' | 'supervises'> {
  readonly roles: readonly string[]
  readonly settings: Readonly<Record<string, string | number>>
  readonly mobileAgent?: true
  readonly supervises?: readonly string[]
}

export type ImportedQueue = Pick<VoiceQueue, 'id' | 'name' | 'agents'>

/** The entries of a section, with keys as in the file. */
export type Section = readonly Readonly<Record<string, unknown>>[]

/** Which teams have an entry: all of them if the key is not there. */
export type Teams = { readonly teams?: readonly string[] }

/** Tells the user how far the import is. */
export type Told = (done: number, total: number) => void
