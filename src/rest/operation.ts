/** An operation of the API, independent of the HTTP framework. */
import type { Side } from '../../machines/wire.ts'
import type { Principal } from '../accounts/api.ts'
import type { Engine } from '../engine/api.ts'
import type { Command, CommandError } from '../engine/commands.ts'
import type { Origin } from '../engine/ports.ts'
import type { Read, RefusalKey, WireContext } from '../finesse/index.ts'
import { RestRefusal } from './refusal.ts'

/** A request as an operation sees it, before anybody is known to have sent it. */
export interface PublicCall {
  readonly engine: Engine
  readonly side: Side
  readonly wire: WireContext
  /** Decoded part of the path. */
  param(name: string): string
  /** Query parameter; `''` when it is missing, the first refusal when it is repeated. */
  query(name: string): string
}

/** A request with its verified caller. */
export interface Call extends PublicCall {
  readonly principal: Principal
  /** Text of the XML body; throws when the body is of another kind. */
  body(): string | undefined
  /** Correlation id of a changing request (ruling 7). */
  readonly requestId?: string
  /** Who asks, for the journal. */
  readonly origin: Origin
}

/** What goes back: an object, or only the word that the request was accepted. */
export type Reply = { readonly status: 200; readonly xml: string } | { readonly status: 202 }

export type Operation =
  | { readonly access: 'public'; readonly method: 'GET'; readonly path: string; run(call: PublicCall): Reply }
  | {
      readonly access: 'caller'
      readonly method: 'GET' | 'PUT'
      readonly path: string
      run(call: Call): Reply | Promise<Reply>
    }

export function found(xml: string): Reply {
  return { status: 200, xml }
}

/** The value of a request body, or its refusal. */
export function understood<T>(read: Read<T>): T {
  if (!read.ok) throw new RestRefusal(read.refused.key, read.refused.about)
  return read.value
}

// The engine may name the value; clients look for the parameter (`user 1.7`).
const PARAMETER: Partial<Record<CommandError, string>> = {
  INVALID_REASON_CODE: 'reasonCodeId',
  REASON_CODE_REQUIRED: 'reasonCodeId',
  INVALID_LIMIT: 'maxDialogLimit',
  ALREADY_SIGNED_OUT: 'state',
}

/** Hands a command over: 202, or the refusal as the operation words it. */
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
