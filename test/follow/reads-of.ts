/** What an engine reads, in a form in which a follower and its Finesse can be compared. */
import type { Engine } from '../../src/engine/api.ts'

/** Everything that is read about a user. The documents do not say what became of a call in its queue. */
export function readsOf(engine: Engine, user: string, side?: 'A' | 'B') {
  const dialogs = engine.get.dialogs(user, 'all') ?? []
  return {
    user: engine.get.user(user, side),
    media: engine.get.mediaList(user, side),
    dialogs: dialogs.map((each) => (each.kind === 'call' && each.queue ? { ...each, queue: 'queued' } : each)),
  }
}
