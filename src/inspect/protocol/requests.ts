/** Requests below `/inspect`, their queries and answers, and links to the viewer. */
import type { FrameJson, MachineName } from './frames.ts'

/**
 * Query of `GET /inspect/stream`; `user`, `mrd`, `dialog`, `focus` may stand several times.
 *
 * `user`: actors of these users, and calls that they are on. `mrd`: of media, tasks, calls and queues those of these
 * MRDs (1 is voice); users, presences and sides pass. `dialog`: these dialogs, with the medium and the user above them.
 * Whoever gives several kinds gets what passes them all.
 */
export interface StreamQuery {
  readonly ticket?: string
  /** `stately` (when left out): frames of the package only. `mrdian`: compact, with control frames. */
  readonly format?: 'stately' | 'mrdian'
  readonly user?: readonly string[]
  readonly mrd?: readonly string[]
  readonly dialog?: readonly string[]
  /** Compact streams: aggregates as in `FocusRequest`. Users that `user` names are in focus without it. */
  readonly focus?: readonly string[]
}

/**
 * Query of `GET /inspect/history`: what these users, dialogs or aggregates went through. One `user`, `dialog` or
 * `aggregate` at least, 8 in all at most. Times are ISO 8601 or milliseconds since 1970 UTC. First the actors as they
 * stood at `from` (actor frames without `position`), then what happened from `from` up to `to`, both included, ordered by
 * `position`. Definitions are left out unless `definitions=true`.
 */
export interface HistoryQuery {
  readonly user?: readonly string[]
  readonly dialog?: readonly string[]
  readonly aggregate?: readonly string[]
  /** Of media, tasks, calls only those of these MRDs. */
  readonly mrd?: readonly string[]
  readonly from?: string
  /** Now, when left out. */
  readonly to?: string
  /** Instead of `from` and `to`: the middle of a span. */
  readonly at?: string
  /** Length of that span in milliseconds: 600000 unless given, a day at most. */
  readonly span?: string
  /** At most so many frames; 20000 unless given, 100000 at most. */
  readonly limit?: string
  readonly definitions?: 'true' | 'false'
}

/** Answer of `POST /inspect/tickets`. */
export type { Admission } from '../access/admission.ts'

/** Answer of `GET /inspect/machines`: the configuration of each machine, actions and guards by name, as JSON. */
export type Machines = Readonly<Record<MachineName, FrameJson>>

/**
 * Query and fragment of a link to a user and a moment: `/inspect/?user=1001&at=2026-03-01T10:42:00Z#ticket=…`. Browsers
 * send no fragment: the ticket is in nobody's log. With `at` or `from` the viewer shows history, else the present.
 */
export interface ViewerLink {
  readonly user?: string
  readonly mrd?: string
  readonly dialog?: string
  readonly at?: string
  readonly span?: string
  /** Fragment: a ticket for `POST /inspect/tickets` (as Bearer), within ten minutes, once. */
  readonly ticket?: string
}
