/** Waits for the last notifications of users, teams and queues that were removed from the directory. */
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'

/** Longest wait, in ms. It is limited because under heavy traffic there are always undelivered notifications. */
const LAST_WORDS_MS = 5000

/**
 * Resolves when the notifications of this turn were delivered, or after five seconds. Rejects as `engine.delivered`.
 */
export async function lastWords(engine: Pick<Engine, 'delivered'>, clock: Clock): Promise<void> {
  // The engine passes notifications on in the turn of their commit, so wait until that turn is over.
  await Promise.resolve()
  const late = Promise.withResolvers<void>()
  const cancel = clock.at(clock.now() + LAST_WORDS_MS, late.resolve)
  try {
    await Promise.race([engine.delivered(), late.promise])
  } finally {
    cancel()
  }
}
