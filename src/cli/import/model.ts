/** Entries of a directory file, as far as a Finesse server tells them. */

export interface ImportedTeam {
  readonly id: string
  readonly name: string
}

export interface ImportedMrd {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interruptible: boolean
}

export interface ImportedUser {
  readonly id: string
  readonly loginName: string
  readonly firstName: string
  readonly lastName: string
  readonly roles: readonly string[]
  readonly teamId: string
  readonly extensions: readonly string[]
  readonly mediaRoutingDomains: readonly string[]
  readonly settings: Readonly<Record<string, string | number>>
  readonly mobileAgent?: true
  readonly supervises?: readonly string[]
}

export interface ImportedQueue {
  readonly id: string
  readonly name: string
  readonly agents: readonly string[]
}

/** The entries of a section, with keys as in the file. */
export type Section = readonly Readonly<Record<string, unknown>>[]

/** Which teams have an entry: all of them if the key is not there. */
export type Teams = { readonly teams?: readonly string[] }

/** Tells the user how far the import is. */
export type Told = (done: number, total: number) => void
