/** Requests below `/inspect`, their queries and answers, and links to the viewer. */
import type { FrameJson, MachineName } from './frames.ts'

/**
 * Query of `GET /inspect/stream`. `user`, `mrd`, `dialog` and `focus` may occur several times.
 *
 * `user`: only actors of these users, and their calls. `mrd`: only media, tasks, calls and queues of these MRDs (1 is
 * voice); users, presences and sides pass. `dialog`: only these dialogs, with their medium and user. With several
 * parameters, actors must pass all of them.
 */
export interface StreamQuery {
  readonly ticket?: string
  /** `stately` (the default): only frames of the package. `mrdian`: compact, with control frames. */
  readonly format?: 'stately' | 'mrdian'
  readonly user?: readonly string[]
  readonly mrd?: readonly string[]
  readonly dialog?: readonly string[]
  /** For compact streams: aggregates as in `FocusRequest`. The users of `user` are in the focus anyway. */
  readonly focus?: readonly string[]
}

/**
 * Query of `GET /inspect/history`: the past of these users, dialogs or aggregates. At least one `user`, `dialog` or
 * `aggregate` is needed; at most 8 of each are possible. Times are ISO 8601 or milliseconds since 1970 UTC. The answer
 * has first the actors at the time `from` (actor frames without `position`), then the frames from `from` to `to`, both
 * included, ordered by `position`. Definitions are left out unless `definitions=true`.
 */
export interface HistoryQuery {
  readonly user?: readonly string[]
  readonly dialog?: readonly string[]
  readonly aggregate?: readonly string[]
  /** Only media, tasks and calls of these MRDs. */
  readonly mrd?: readonly string[]
  readonly from?: string
  /** Default: now. */
  readonly to?: string
  /** Instead of `from` and `to`: the middle of a span. */
  readonly at?: string
  /** Length of that span in milliseconds, at most a day. Default: 600000. */
  readonly span?: string
  /** Most frames, up to 100000. Default: 20000. */
  readonly limit?: string
  readonly definitions?: 'true' | 'false'
}

/**
 * Query of `GET /inspect/states`: the states of all users at a moment. The answer is an `ActorsFrame` for each user who
 * was there, without contexts, and an `EndFrame`.
 */
export interface StatesQuery {
  /** ISO 8601 or milliseconds since 1970 UTC. Default: now. */
  readonly at?: string
}

/** Answer of `POST /inspect/tickets`. */
export type { Admission } from '../access/admission.ts'

/** Answer of `GET /inspect/machines`: the configuration of each machine as JSON, with actions and guards by name. */
export type Machines = Readonly<Record<MachineName, FrameJson>>

/**
 * Query and fragment of a link to a user and a moment: `/inspect/?user=1001&at=2026-03-01T10:42:00Z#ticket=…`. Browsers
 * do not send the fragment, so the ticket is in no log. With `at` or `from` the viewer shows the past, else the
 * present.
 */
export interface ViewerLink {
  readonly user?: string
  readonly mrd?: string
  readonly dialog?: string
  readonly at?: string
  readonly span?: string
  /** The fragment: a ticket for `POST /inspect/tickets` (as Bearer). It works once, within ten minutes. */
  readonly ticket?: string
}
