/** What a story has to know of the server, besides requests and notifications. */
import type { ReasonFacts } from '../expected/reason.ts'
import type { Received } from '../finesse-client.ts'
import type { Tree } from '../tree.ts'
import type { TaskOrigin } from './tasks.ts'

export interface UserEntry {
  readonly id: string
  readonly extensions: readonly string[]
  readonly loginName: string
  readonly firstName: string
  readonly lastName: string
  readonly roles: readonly string[]
  readonly settings: {
    readonly wrapUpOnIncoming: string
    readonly wrapUpOnOutgoing: string
    readonly wrapUpSeconds: number
  }
  readonly teamId: string
  readonly supervises: readonly string[]
  readonly mediaRoutingDomains: readonly string[]
}

export interface MrdEntry {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interruptible: boolean
}

/** The entries of the directory that objects show. */
export interface Entries {
  readonly users: readonly UserEntry[]
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly mediaRoutingDomains: readonly MrdEntry[]
  readonly reasonCodes: readonly ReasonFacts[]
  readonly settings: { readonly fidelity: string }
}

/** The times of requests and notifications. Their unit does not matter to the story. */
export interface Moments {
  readonly now: number
  /** The time of the next request. */
  next(): Promise<void>
  /** The time of the notification's commit. */
  of(news: Received): number
  /** The time of the last notification from this source, even if the test has missed it. */
  lastOf(source: string): number | undefined
  /** Was there a notification from this source between the two times? */
  anyBetween(source: string, after: number, before: number): boolean
  /** The time of the last notification on any of these nodes. */
  lastOn(...nodes: readonly string[]): number | undefined
}

/** Compares a document with the expected one. `kind` is for a report: `GET Media`, `notification Media`. */
export type Comparison = (text: string, expected: Tree, kind: string, about: string) => void

export interface Sources {
  readonly moments: Moments
  readonly same: Comparison
  /** The directory now in force. */
  entries(): Entries
  /** The task of a new dialog: what was submitted, and the dialog that it was resubmitted from. */
  originOf(dialog: string, shown: Tree): Promise<TaskOrigin>
  /** The ACD has accepted a task with these variables. */
  submitted(task: string, variables: Readonly<Record<string, string>>): void
}
