/** One operation of `/acd`, free of HTTP. */
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/api.ts'
import type { BuiltInAcd, Engine, ReloadOptions } from '../engine/api.ts'
import type { Origin } from '../engine/ports.ts'
import type { Turns } from '../waiting/turns.ts'
import { ControlRefusal } from './refusal.ts'

/** Time that can be moved: `virtualClock()` of `mrdian/testing`, for example. */
export interface MovableClock {
  /** Resolves when everything that is due on the way has happened. */
  advance(ms: number): Promise<void>
}

/** What puts another directory in force. */
export interface DirectoryControl {
  /**
   * `text`: a directory as YAML or JSON; the server's own source is read again when left out. Resolves with what is to be
   * answered when it is in force; rejects with `DirectoryError` when it is not valid, and with `RemovalsNotConfirmed` when it
   * leaves out many users, and changes nothing.
   */
  reload(text: string | undefined, origin: Origin, options: ReloadOptions): Promise<object>
}

/** Options of the `acdControl` plugin; `prefix` (default `/acd`) is Fastify's own. */
export interface AcdControlOptions {
  readonly engine: Engine
  readonly accounts: Accounts
  /** Host names of the server, beside `localhost` and addresses: on loopback it is asked under no other. */
  readonly names?: readonly string[]
  /** The side that a fault without `side` is about; `A` when left out. */
  readonly side?: Side
  /** The engine's clock, when `POST /clock` may move it; refused when left out. */
  readonly clock?: MovableClock
  /** What `POST /directory` asks; refused when left out. */
  readonly directory?: DirectoryControl
  /** Ends the server in its orderly way, once it was answered: what `POST /stop` asks; refused when left out. */
  readonly stop?: (() => void) | undefined
  /**
   * Resolves when the engine has heard of everybody who came or went so far: `settled` of the notification service.
   * Time moves, and a reset is answered, only then.
   */
  readonly settled?: () => Promise<void>
}

/** A request as an operation sees it. */
export interface Call {
  readonly engine: Engine
  readonly side: Side
  /** The administrator who asks, for the journal. */
  readonly origin: Origin
  readonly time: Time
  readonly directory: DirectoryControl | undefined
  readonly stop?: (() => void) | undefined
  /** Parameter of the path; `''` when the path has none of this name. */
  param(name: string): string
  readonly query: unknown
  /** What the caller wants to get, as it stood in `Accept`. */
  readonly accept: string
  readonly body: unknown
}

/** What moving time needs. */
export interface Time {
  readonly clock: MovableClock | undefined
  settled(): Promise<void>
  readonly turns: Turns
}

/** `location` is relative to the prefix. */
export interface Answer {
  readonly status: 200 | 201
  readonly json: unknown
  /** Sent instead, as plain text. */
  readonly text?: string
  readonly location?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** What the body is, if not JSON. */
  readonly body?: 'directory'
  /** It has parameters in the query; without this any is refused. */
  readonly takesQuery?: true
  run(call: Call): Answer | Promise<Answer>
}

export const ok = (json: unknown): Answer => ({ status: 200, json })

/** The built-in ACD; throws the refusal when the embedder brought another. */
export function builtIn(engine: Engine): BuiltInAcd {
  if (engine.acd === undefined)
    throw new ControlRefusal(
      'NO_BUILT_IN_ACD',
      '',
      'work comes from an ACD outside of this engine; tasks and calls are made there',
    )
  return engine.acd
}
