/**
 * The configuration that a desktop reads at its sign-in (`user 4.10`-4.12, 8.2). The engine only stores it; desktops
 * use it.
 */

import type { Workflow, WorkflowAction } from './workflow-model.ts'

/** An entry that all teams have, or only some. Ids are numbers, as the database ids of Finesse. */
export interface Assignable {
  readonly id: string
  /** The teams that have the entry. Absent: all teams. */
  readonly teams?: readonly string[] | undefined
}

/** The outcome of a call, which an agent chooses at wrap-up (`dialog 12`). */
export interface WrapUpReason extends Assignable {
  /** At most 39 bytes in UTF-8. Clients send it as `wrapUpReason`. */
  readonly label: string
}

/** Which data of a call a desktop shows, and where (`dialog 12`). All teams have every layout. */
export interface MediaPropertiesLayout {
  readonly id: string
  readonly name: string
  readonly description: string
  /** A directory has at most one `DEFAULT`. `defaultLayout` gives the one that counts. */
  readonly type: 'DEFAULT' | 'CUSTOM'
  readonly header: LayoutEntry
  /** At most two: left, right. */
  readonly columns: readonly (readonly LayoutEntry[])[]
}

export interface LayoutEntry {
  readonly displayName: string
  /** A call variable, an ECC variable or another property of a call. */
  readonly mediaProperty: string
}

/** A phone book: `GLOBAL` on the wire if all teams have it, else `TEAM` (`user 4.12`). */
export interface PhoneBook extends Assignable {
  readonly name: string
  readonly contacts: readonly Contact[]
}

export interface Contact {
  /** Unique in the phone book. */
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string
  readonly description: string
}

/** Sections of the directory that only desktops use. */
export interface DesktopConfiguration {
  readonly wrapUpReasons: readonly WrapUpReason[]
  readonly mediaPropertiesLayouts: readonly MediaPropertiesLayout[]
  readonly phoneBooks: readonly PhoneBook[]
  readonly workflowActions: readonly WorkflowAction[]
  readonly workflows: readonly Workflow[]
}

/** The same sections, each of which may be absent. An absent section is an empty one. */
export type OptionalConfiguration = {
  readonly [Section in keyof DesktopConfiguration]?: DesktopConfiguration[Section] | undefined
}
