/** An operation of the API, independent of the HTTP framework. */
import type { Side } from '../../machines/wire.ts'
import type { Principal } from '../accounts/api.ts'
import type { ClientLogs } from '../client-logs/index.ts'
import type { Platform } from '../directory/model.ts'
import type { Engine } from '../engine/api.ts'
import type { Command, CommandError } from '../engine/commands.ts'
import type { Origin } from '../engine/ports.ts'
import type { Read, ReceivedBody, RefusalKey, WireContext } from '../finesse/index.ts'
import { RestRefusal } from './refusal.ts'

/** A request as an operation sees it, without a verified caller. */
export interface PublicCall {
  readonly engine: Engine
  readonly side: Side
  readonly wire: WireContext
  /** Decoded part of the path. */
  param(name: string): string
  /** Query parameter; `''` when it is missing. Throws `RestRefusal` (Invalid Input) when it is repeated. */
  query(name: string): string
  /** Header of the request; `''` when it is missing. `name` is in lower case. */
  header(name: string): string
}

/** A request with its verified caller. */
export interface Call extends PublicCall {
  readonly principal: Principal
  /** The operation, by which its row in the table of rights is found. */
  readonly operation: { readonly method: string; readonly path: string }
  /** Text of the XML body; `undefined` without a body. Throws `RestRefusal` for a body of another type. */
  body(): string | undefined
  /** The body as it was received; `undefined` without one. */
  received(): ReceivedBody | undefined
  /** Where logs of desktops are kept; `undefined` if they are not. */
  readonly clientLogs: ClientLogs | undefined
  /** The client's correlation id of a changing request (ruling 7). `origin.request` is the id for logs and journal. */
  readonly requestId?: string
  /** Origin of the command, for the journal. */
  readonly origin: Origin
}

/** Answer to a request: 200 with an object or without a body, 206 with a part of a list, or 202 (accepted). */
export type Reply =
  | { readonly status: 200; readonly xml?: string }
  | { readonly status: 206; readonly xml: string; readonly headers: { readonly 'content-range': string } }
  | { readonly status: 202 }

export type Operation =
  | {
      readonly access: 'public'
      readonly method: 'GET'
      readonly path: string
      readonly platform?: Platform
      run(call: PublicCall): Reply
    }
  | {
      readonly access: 'caller'
      readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
      readonly path: string
      /** The only platform that has the operation. Absent if both have. */
      readonly platform?: Platform
      /** Longest body in bytes, if it may be longer than other bodies. */
      readonly longestBody?: number
      run(call: Call): Reply | Promise<Reply>
    }

/** A 200 answer with an object as XML. */
export function found(xml: string): Reply {
  return { status: 200, xml }
}

/** A 200 answer without a body: the change is made. */
export const done: Reply = { status: 200 }

/** The value that was read from a request body. Throws `RestRefusal` when the body was refused. */
export function understood<T>(read: Read<T>): T {
  if (!read.ok) throw new RestRefusal(read.refused.key, read.refused.about)
  return read.value
}

// The engine's refusal may name the value, but clients expect the name of the parameter (`user 1.7`).
const PARAMETER: Partial<Record<CommandError, string>> = {
  INVALID_REASON_CODE: 'reasonCodeId',
  REASON_CODE_REQUIRED: 'reasonCodeId',
  INVALID_LIMIT: 'maxDialogLimit',
  ALREADY_SIGNED_OUT: 'state',
  LEG_IS_HELD: 'targetMediaAddress',
  INVALID_DROP_TARGET: 'targetMediaAddress',
  SUPERVISOR_ON_CALL: 'fromAddress',
  NOT_MONITORING: 'associatedDialogUri',
  AGENT_HOLDS_CALL: 'toAddress',
  AGENT_MAY_NOT_ADD: 'toAddress',
  CONFERENCE_IS_FULL: 'toAddress',
}

/**
 * Sends a command to the engine. Returns 202 when it is accepted, else throws `RestRefusal`.
 * `wording` replaces the refusal for some of the engine's errors.
 */
export async function submit(
  call: Call,
  command: Command,
  wording: Partial<Record<CommandError, RefusalKey>> = {},
): Promise<Reply> {
  const { side, requestId } = call
  const answer = await call.engine.command(
    { ...command, side, ...(requestId === undefined ? {} : { requestId }) },
    call.origin,
  )
  if (answer.accepted) return { status: 202 }
  throw new RestRefusal(wording[answer.code] ?? answer.code, PARAMETER[answer.code] ?? answer.about)
}
