/** The inspection events of one step while it runs. Actors are copied only when the step is over and was applied. */
import type { AnyEventObject, InspectionEvent, Snapshot } from 'xstate'
import { beginningOf } from '../../../machines/beginning.ts'
import { descriptionOf, rulesOf } from '../../../machines/rules.ts'
import type { Input } from '../input.ts'
import type { InspectedEvent, InspectedStep, InspectedTransition } from './api.ts'
import { guardName, rowsOf, type TakenRow } from './private-names.ts'
import { bareActor, isTreeActor, plainActor, Refs, type TreeActor } from './refs.ts'

type Noted =
  | { readonly type: '@xstate.actor'; readonly actor: TreeActor; snapshot: Snapshot<unknown> | undefined }
  | {
      readonly type: '@xstate.event'
      readonly actor: TreeActor
      readonly event: AnyEventObject
      readonly source: TreeActor | undefined
    }
  | {
      readonly type: '@xstate.snapshot'
      readonly actor: TreeActor
      readonly event: AnyEventObject
      readonly snapshot: Snapshot<unknown>
      readonly transitions: readonly InspectedTransition[]
    }

/** What an aggregate shows to inspectors: its actor tree, or, without machines, an object. */
export type Inspectable =
  | { readonly kind: 'tree'; readonly root: TreeActor }
  | { readonly kind: 'plain'; readonly state: object }

export class Recording {
  readonly #noted: Noted[] = []
  readonly #transitions = new Map<TreeActor, InspectedTransition[]>()
  /** Actors that were created in this step and have no snapshot yet. */
  readonly #fresh = new Map<TreeActor, Extract<Noted, { type: '@xstate.actor' }>>()

  /** Adds an inspection event of XState. */
  note(event: InspectionEvent): void {
    const actor = event.actorRef
    if (!isTreeActor(actor)) return
    switch (event.type) {
      case '@xstate.actor': {
        const made = { type: event.type, actor, snapshot: undefined }
        this.#fresh.set(actor, made)
        this.#noted.push(made)
        return
      }
      case '@xstate.event': {
        const source = isTreeActor(event.sourceRef) ? event.sourceRef : undefined
        this.#noted.push({ type: event.type, actor, event: event.event, source })
        return
      }
      case '@xstate.microstep':
        this.#transitions.set(actor, [...(this.#transitions.get(actor) ?? []), ...rowsOf(event).map(taken)])
        return
      case '@xstate.snapshot':
        this.#tookEvent(actor, event.event, event.snapshot)
    }
  }

  /** The events for inspectors. To be called when the step is over. */
  finish(step: InspectedStep, input: Input): readonly InspectedEvent[] {
    const refs = new Refs(step.aggregate)
    const { aggregate: rootId } = step
    return this.#noted.map((noted, index): InspectedEvent => {
      const common = { rootId, actorRef: refs.of(noted.actor), step, index }
      if (noted.type === '@xstate.event') {
        const { type, event, source } = noted
        return { type, ...common, event, sourceRef: source ? refs.of(source) : senderOf(input) }
      }
      if (noted.type === '@xstate.actor')
        return { type: noted.type, ...common, snapshot: noted.snapshot ?? noted.actor.getSnapshot() }
      const { type, event, snapshot, transitions } = noted
      return { type, ...common, event, snapshot, transitions }
    })
  }

  #tookEvent(actor: TreeActor, event: AnyEventObject, snapshot: Snapshot<unknown>): void {
    const transitions = this.#transitions.get(actor) ?? []
    this.#transitions.delete(actor)
    const fresh = this.#fresh.get(actor)
    if (fresh) fresh.snapshot = snapshot
    this.#fresh.delete(actor)
    this.#noted.push({ type: '@xstate.snapshot', actor, event, snapshot, transitions })
  }
}

function taken(row: TakenRow): InspectedTransition {
  const { source, target = [], eventType, guard } = row
  return {
    source: source.id,
    target: target.map((node) => beginningOf(node).id),
    event: eventType,
    guard: guardName(guard),
    rules: rulesOf(row),
    description: descriptionOf(row),
  }
}

const senderOf = (input: Input) => (input.kind === 'message' ? bareActor(input.from) : undefined)

/** The events of a step of an aggregate without machines: its input and its new state. */
export function plainStep(step: InspectedStep, input: Input, state: object): readonly InspectedEvent[] {
  const snapshot = plainSnapshot(state)
  const actorRef = plainActor(step.aggregate, snapshot)
  const { aggregate: rootId } = step
  const event = eventOf(input)
  const common = { rootId, actorRef, step }
  const begins = step.sequence === 1 ? [{ type: '@xstate.actor', ...common, index: 0, snapshot } as const] : []
  const index = begins.length
  return [
    ...begins,
    { type: '@xstate.event', ...common, index, event, sourceRef: senderOf(input) },
    { type: '@xstate.snapshot', ...common, index: index + 1, event, snapshot, transitions: [] },
  ]
}

function eventOf(input: Input): AnyEventObject {
  if (input.kind === 'message') return { ...input.body }
  const { kind: type, ...rest } = input
  return { ...rest, type }
}

const plainSnapshot = (context: object) => ({ status: 'active', output: undefined, error: undefined, context }) as const

/** Events that show the current actors of an aggregate. */
export function presentActors(step: InspectedStep, shown: Inspectable): readonly InspectedEvent[] {
  const { aggregate: rootId } = step
  if (shown.kind === 'plain') {
    const snapshot = plainSnapshot(shown.state)
    return [{ type: '@xstate.actor', rootId, actorRef: plainActor(rootId, snapshot), step, index: 0, snapshot }]
  }
  const refs = new Refs(rootId)
  return tree(shown.root).map((actor, index) => {
    const actorRef = refs.of(actor)
    return { type: '@xstate.actor', rootId, actorRef, step, index, snapshot: actorRef.getSnapshot() }
  })
}

function tree(actor: TreeActor): readonly TreeActor[] {
  const snapshot = actor.getSnapshot()
  const children = 'children' in snapshot && snapshot.children ? Object.values(snapshot.children) : []
  return [actor, ...children.filter(isTreeActor).flatMap(tree)]
}
