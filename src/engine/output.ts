/**
 * Outputs: what a step of an aggregate wants to happen, in order. They take effect after the commit only.
 */
import type { DeadlineName } from '../../machines/effects.ts'
import type { Side } from '../../machines/wire.ts'
import type { Message } from './input.ts'
import type { AcdRequest } from './ports.ts'
import type { Notification, PublishedValue } from './values.ts'

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
  | { readonly type: 'flagged'; readonly what: string; readonly from: string; readonly to: string }
  | { readonly type: 'arm'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  | { readonly type: 'clear'; readonly owner: string; readonly name: DeadlineName }
