/** The messages between the runner and the warm process. */

export const WARM_STAGES = ['quick', 'tests', 'beside', 'walk', 'rows', 'long'] as const
export type WarmStage = (typeof WARM_STAGES)[number]

export interface WarmRequest {
  readonly stage: WarmStage
  /** Path of the source that is replaced, from the root. `''` replaces none. */
  readonly file: string
  readonly text: string
  /** Row ids that the source names beside the mutant, for example `A18`. */
  readonly rows: readonly string[]
  /** Checks and tests that are left out, because they fail without a mutant. */
  readonly skip: readonly string[]
  /** Continue after a check that fails. */
  readonly all: boolean
}

export interface Failed {
  readonly check: string
  readonly detail: string
}

export type WarmReply =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly check: string }
  | { readonly type: 'done'; readonly failed: readonly Failed[] }

export function isReply(message: unknown): message is WarmReply {
  return typeof message === 'object' && message !== null && 'type' in message
}

export function isRequest(message: unknown): message is WarmRequest {
  return typeof message === 'object' && message !== null && 'stage' in message && 'text' in message
}
