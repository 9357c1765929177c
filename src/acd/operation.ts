/** An operation of `/acd`, independent of the HTTP framework. */
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/api.ts'
import type { BuiltInAcd } from '../engine/acd/api.ts'
import type { KnownCommand } from '../engine/answers/once.ts'
import type { Engine, ReloadOptions } from '../engine/api.ts'
import type { Origin } from '../engine/ports.ts'
import type { Turns } from '../waiting/turns.ts'
import { ControlRefusal } from './refusal.ts'

/** A clock that can be moved, for example `virtualClock()` of `mrdian/testing`. */
export interface MovableClock {
  /** Moves time forward by `ms`. Resolves when everything that was due in between has happened. */
  advance(ms: number): Promise<void>
}

/** Puts another directory in force. */
export interface DirectoryControl {
  /**
   * `text`: a directory as YAML or JSON; when `undefined`, the server reads its own source again. Resolves with the
   * JSON of the answer when the directory is in force. Rejects, and changes nothing, with `DirectoryError` when the
   * directory is not valid, and with `RemovalsNotConfirmed` when it leaves out many users.
   */
  reload(text: string | undefined, origin: Origin, options: ReloadOptions): Promise<object>
}

/** Options of the `acdControl` plugin; `prefix` (default `/acd`) is Fastify's own. */
export interface AcdControlOptions {
  readonly engine: Engine
  readonly accounts: Accounts
  /** Host names of the server besides `localhost` and addresses. On loopback a request with another name is refused. */
  readonly names?: readonly string[]
  /** The side that a fault without `side` concerns; `A` when left out. */
  readonly side?: Side
  /** The engine's clock, if `POST /clock` may move it. When left out, `POST /clock` is refused. */
  readonly clock?: MovableClock
  /** Carries out `POST /directory`, which is refused when left out. */
  readonly directory?: DirectoryControl
  /** Stops the server in order, after the answer to `POST /stop`. When left out, `POST /stop` is refused. */
  readonly stop?: (() => void) | undefined
  /**
   * `settled` of the notification service: resolves when the engine knows of all sessions that began or ended so far.
   * `POST /clock` waits for it before it moves time, `POST /reset` before it answers.
   */
  readonly settled?: () => Promise<void>
}

/** A request as an operation sees it. */
export interface Call {
  readonly engine: Engine
  readonly side: Side
  /** The administrator who sent the request, for the journal. */
  readonly origin: Origin
  readonly time: Time
  readonly directory: DirectoryControl | undefined
  readonly stop?: (() => void) | undefined
  /** Parameter of the path; `''` when the path has none of this name. */
  param(name: string): string
  readonly query: unknown
  /** The header `Accept`. */
  readonly accept: string
  readonly body: unknown
}

/** What `POST /clock` and `POST /reset` need. */
export interface Time {
  readonly clock: MovableClock | undefined
  settled(): Promise<void>
  readonly turns: Turns
}

/** An answer. `location` is relative to the prefix. */
export interface Answer {
  readonly status: 200 | 201
  readonly json: unknown
  /** Plain text, sent instead of `json`. */
  readonly text?: string
  readonly location?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An operation at a method and a path, which is relative to the prefix. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Kind of body, if it is not JSON. */
  readonly body?: 'directory'
  /** The operation has query parameters. Without this every query parameter is refused. */
  readonly takesQuery?: true
  run(call: Call): Answer | Promise<Answer>
  /**
   * The answer to a request that is sent again, and was accepted before. It shows what is there now. Without this the
   * request is done again.
   */
  again?(call: Call, known: KnownCommand): Answer
}

/** A 200 answer with JSON. */
export const ok = (json: unknown): Answer => ({ status: 200, json })

/** A 201 answer. `location` is the path of what was made. */
export const created = (json: unknown, location: string): Answer => ({ status: 201, json, location })

/** The built-in ACD. Throws `ControlRefusal` when the engine uses an external ACD. */
export function builtIn(engine: Engine): BuiltInAcd {
  if (engine.acd === undefined)
    throw new ControlRefusal('NO_BUILT_IN_ACD', '', 'this engine uses an external ACD: create tasks and calls there')
  return engine.acd
}
