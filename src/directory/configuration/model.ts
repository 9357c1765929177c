/**
 * The configuration that a desktop reads at its sign-in (`user 4.10`-4.12, 8.2). The engine only stores it; desktops
 * use it.
 */

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

/** Sections of the directory that only desktops use. */
export interface DesktopConfiguration {
  readonly wrapUpReasons: readonly WrapUpReason[]
}

/** The same sections, each of which may be absent. An absent section is an empty one. */
export type OptionalConfiguration = {
  readonly [Section in keyof DesktopConfiguration]?: DesktopConfiguration[Section] | undefined
}
