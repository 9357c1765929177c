/**
 * Actors that come and go, as one reader of the package's frames knows them. When frames were dropped, the end of an actor
 * may have been among them: then it is told with the present of its aggregate.
 */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { frameOf } from './frames.ts'
import type { SnapshotFrame } from './protocol.ts'

const TELLING = { personal: false, definitions: false, contexts: false } as const

type Actors = Map<string, InspectedEvent>

export class VanishingActors {
  /** By aggregate and session id; the event by which each was last told. */
  readonly #known = new Map<string, Actors>()

  /** A frame goes out. */
  note(event: InspectedEvent): void {
    if (event.type === '@xstate.event' || !comesAndGoes(event)) return
    const { rootId, actorRef } = event
    const actors: Actors = this.#known.get(rootId) ?? new Map()
    if (event.snapshot.status === 'active') actors.set(actorRef.sessionId, event)
    else actors.delete(actorRef.sessionId)
    if (actors.size > 0) this.#known.set(rootId, actors)
    else this.#known.delete(rootId)
  }

  /** The present goes out; returns what tells the end of those that are not part of it. */
  told(aggregate: string, present: readonly InspectedEvent[]): readonly SnapshotFrame[] {
    const there = new Set(present.map(({ actorRef }) => actorRef.sessionId))
    const gone = [...(this.#known.get(aggregate) ?? [])]
      .filter(([session]) => !there.has(session))
      .map(([, event]) => event)
    this.#known.delete(aggregate)
    for (const event of present) this.note(event)
    return gone.map(stopped)
  }

  /** All of them are gone. */
  forget(): readonly SnapshotFrame[] {
    const gone = [...this.#known.values()].flatMap((actors) => [...actors.values()])
    this.#known.clear()
    return gone.map(stopped)
  }
}

/** Tasks below media, and calls. */
const comesAndGoes = ({ actorRef }: InspectedEvent) =>
  actorRef.sessionId.startsWith('call/') || actorRef.sessionId.includes('/task:')

function stopped(event: InspectedEvent): SnapshotFrame {
  const { id, sessionId, rootId, createdAt, _version, mrdian } = frameOf(event, TELLING)
  const common = { id: `${id}/stopped`, sessionId, rootId, createdAt, _version, mrdian }
  return { type: '@xstate.snapshot', ...common, event: { type: 'xstate.stop' }, snapshot: { status: 'stopped' } }
}
