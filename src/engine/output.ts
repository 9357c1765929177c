/**
 * Outputs: what a step of an aggregate wants to happen, in order. They take effect after the commit only.
 */
import type { DeadlineName, Subject } from '../../machines/effects.ts'
import type { Failure } from '../../machines/failures.ts'
import type { Side } from '../../machines/wire.ts'
import type { Message } from './input.ts'
import type { AcdRequest } from './ports.ts'
import type { Notification, PublishedValue } from './values.ts'

/** Why a request that was accepted could not be done. */
export interface Refusal {
  readonly failure: Failure
  /** What the failure names: a dialog id, a script selector, `ANSWER on extension 1001`, … */
  readonly detail: string
  readonly subject: Subject
}

export type Output =
  | {
      readonly type: 'publish'
      readonly notification: Notification
      /** What sides show that do not know what the acting side knows. */
      readonly elsewhere?: Readonly<Partial<Record<Side, PublishedValue>>>
      /** The only side that it goes to. */
      readonly only?: Side
    }
  | { readonly type: 'send'; readonly to: string; readonly body: Message }
  | { readonly type: 'acd'; readonly request: AcdRequest }
  /** Answer to whoever gave the input: a refusal, or the id of what was made. */
  | {
      readonly type: 'reply'
      readonly rejected?: 'ALREADY_SIGNED_OUT'
      readonly refused?: string
      readonly id?: string
    }
  /** A request was accepted and cannot be done; a notification says the same to clients. Part of the command's answer. */
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  | { readonly type: 'flagged'; readonly what: string; readonly from: string; readonly to: string }
  | { readonly type: 'arm'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  | { readonly type: 'clear'; readonly owner: string; readonly name: DeadlineName }
