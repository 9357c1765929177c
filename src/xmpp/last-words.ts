/** What the engine still has to say of somebody or something that is gone from the directory. */
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'

/** So long what is gone is kept for its last notifications, in ms: where there is much traffic there is no end of it. */
const LAST_WORDS_MS = 5000

/** Resolves when the notifications of this turn have left, or after five seconds. Rejects as `engine.delivered`. */
export async function lastWords(engine: Pick<Engine, 'delivered'>, clock: Clock): Promise<void> {
  // They are handed over in the turn of the commit.
  await Promise.resolve()
  const late = Promise.withResolvers<void>()
  const cancel = clock.at(clock.now() + LAST_WORDS_MS, late.resolve)
  try {
    await Promise.race([engine.delivered(), late.promise])
  } finally {
    cancel()
  }
}
