/**
 * Remembers the tasks and calls that one reader of the package's frames knows. If frames were dropped, the end of such
 * an actor may have been among them. Then its end is sent together with the present state of its aggregate.
 */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { frameOf } from './frames.ts'
import type { SnapshotFrame } from './protocol.ts'

const TELLING = { personal: false, definitions: false, contexts: false } as const

type Actors = Map<string, InspectedEvent>

export class VanishingActors {
  /** By aggregate and session id: the last event of each actor that was sent. */
  readonly #known = new Map<string, Actors>()

  /** Call it for each event that is sent. */
  note(event: InspectedEvent): void {
    if (event.type === '@xstate.event' || !isTemporary(event)) return
    const { rootId, actorRef } = event
    const actors: Actors = this.#known.get(rootId) ?? new Map()
    if (event.snapshot.status === 'active') actors.set(actorRef.sessionId, event)
    else actors.delete(actorRef.sessionId)
    if (actors.size > 0) this.#known.set(rootId, actors)
    else this.#known.delete(rootId)
  }

  /** Call it when the present state is sent. Returns frames that end the actors that no longer exist. */
  told(aggregate: string, present: readonly InspectedEvent[]): readonly SnapshotFrame[] {
    const sessions = new Set(present.map(({ actorRef }) => actorRef.sessionId))
    const ended = [...(this.#known.get(aggregate) ?? [])]
      .filter(([session]) => !sessions.has(session))
      .map(([, event]) => event)
    this.#known.delete(aggregate)
    for (const event of present) this.note(event)
    return ended.map(stopped)
  }

  /** Forgets all actors, and returns the frames that end them. */
  forget(): readonly SnapshotFrame[] {
    const ended = [...this.#known.values()].flatMap((actors) => [...actors.values()])
    this.#known.clear()
    return ended.map(stopped)
  }
}

/** True for tasks and calls, which begin and end while the stream is open. */
const isTemporary = ({ actorRef }: InspectedEvent) =>
  actorRef.sessionId.startsWith('call/') || /\/(?:task|call):/.test(actorRef.sessionId)

function stopped(event: InspectedEvent): SnapshotFrame {
  const { id, sessionId, rootId, createdAt, _version, mrdian } = frameOf(event, TELLING)
  const common = { id: `${id}/stopped`, sessionId, rootId, createdAt, _version, mrdian }
  return { type: '@xstate.snapshot', ...common, event: { type: 'xstate.stop' }, snapshot: { status: 'stopped' } }
}
