import type { FailedStep, OutboxOf, Released, Tick } from './tick.ts'

/** The parts of the engine that the loop calls. All but `outboxOf` are called after a commit, or after it failed. */
export interface LoopHooks {
  outboxOf: OutboxOf
  released(released: readonly Released[]): void
  /** Called after `released`, with the aggregates that took steps in the commit, and their rows. */
  committed(tick: Pick<Tick, 'touched' | 'journal'>): void
  failedInput(failed: FailedStep): void
  /** The store has begun to refuse commits. */
  storeFailed(error: Error): void
  /** The store accepts commits again. */
  storeWorks(): void
}
