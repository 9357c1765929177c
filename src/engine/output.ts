/** Outputs: the results of a step of an aggregate, in order. They take effect after the commit. */
import type { DeadlineName, Subject } from '../../machines/effects.ts'
import type { Failure, Rejection } from '../../machines/failures.ts'
import type { Side } from '../../machines/wire.ts'
import type { Message } from './input.ts'
import type { AcdCallRequest, AcdRequest } from './ports.ts'
import type { Notification, PublishedValue } from './values.ts'

/** Why an accepted request could not be done. */
export interface Refusal {
  readonly failure: Failure
  /** The text that the failure names: a dialog id, a script selector, `ANSWER on extension 1001`, … */
  readonly detail: string
  readonly subject: Subject
}

export type Output =
  /** A notification to publish. */
  | {
      readonly type: 'publish'
      readonly notification: Notification
      /** Other values for sides that do not know the state of the acting side. */
      readonly elsewhere?: Readonly<Partial<Record<Side, PublishedValue>>>
      /** The notification is for this side only. */
      readonly only?: Side
    }
  /** A message to another aggregate. It is applied within the same commit. */
  | { readonly type: 'send'; readonly to: string; readonly body: Message }
  /** A request to the external ACD. */
  | { readonly type: 'acd'; readonly request: AcdRequest | AcdCallRequest }
  /** The answer to the caller that submitted the input: a refusal, or the id of a new task or call. */
  | {
      readonly type: 'reply'
      readonly rejected?: Rejection
      readonly refused?: string
      readonly id?: string
    }
  /**
   * An accepted request cannot be done. It becomes part of the command's answer. Clients get it as a notification.
   */
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  /** A step of a followed Finesse that the tables of the contract do not have. */
  | { readonly type: 'flagged'; readonly what: string; readonly from: string; readonly to: string }
  /** A deadline, `due` at this time (ms since 1970 UTC), and its cancellation. */
  | { readonly type: 'arm'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  | { readonly type: 'clear'; readonly owner: string; readonly name: DeadlineName }
