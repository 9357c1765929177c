/** Makes frames for inspectors from the engine's reports on its machines. */
import type { InspectedEvent, InspectedTransition } from '../engine/inspection/api.ts'
import { parentOf } from '../engine/inspection/private-names.ts'
import { definitionOf, machineOf } from './definitions.ts'
import { factsOf } from './facts.ts'
import {
  type FrameEvent,
  type FrameFacts,
  type FrameJson,
  type FrameSnapshot,
  type InspectionFrame,
  type ListedActor,
  STATELY_VERSION,
  type TakenTransition,
} from './protocol.ts'
import { asFrameJson } from './redaction.ts'

/** How much a frame contains. */
export interface Telling {
  /** Names, numbers and values of call variables are shown. */
  readonly personal: boolean
  /** Every actor frame has the configuration of its machine, as readers of `@statelyai/inspect` need it. */
  readonly definitions: boolean
  /** Frames have contexts and whole events. Otherwise they have only states and the types of events. */
  readonly contexts: boolean
}

/** The frame of one event. */
export function frameOf(inspected: InspectedEvent, telling: Telling): InspectionFrame {
  const { actorRef, rootId, step, index } = inspected
  const common = {
    id: `${step.aggregate}:${step.sequence}/${index}`,
    sessionId: actorRef.sessionId,
    rootId,
    createdAt: String(step.at),
    _version: STATELY_VERSION,
  }
  const mrdian = frameFacts(inspected)
  switch (inspected.type) {
    case '@xstate.actor':
      return {
        type: inspected.type,
        name: actorRef.sessionId,
        ...common,
        ...parentIdOf(inspected),
        ...(telling.definitions ? { definition: definitionFor(mrdian) } : {}),
        snapshot: snapshotOf(inspected.snapshot, telling),
        mrdian,
      }
    case '@xstate.event': {
      const source = inspected.sourceRef && { sourceId: inspected.sourceRef.sessionId }
      return { type: inspected.type, ...common, ...source, event: eventOf(inspected.event, telling), mrdian }
    }
    case '@xstate.snapshot':
      return {
        type: inspected.type,
        ...common,
        event: eventOf(inspected.event, telling),
        snapshot: snapshotOf(inspected.snapshot, telling),
        mrdian,
      }
  }
}

/** The present state of an actor, for an `ActorsFrame`. */
export function listedActor(
  inspected: Extract<InspectedEvent, { type: '@xstate.actor' }>,
  telling: Telling,
): ListedActor {
  const { actorRef, snapshot } = inspected
  const machine = machineOf(actorRef)
  return {
    sessionId: actorRef.sessionId,
    ...parentIdOf(inspected),
    facts: factsOf(actorRef),
    ...(machine ? { machine } : {}),
    snapshot: snapshotOf(snapshot, telling),
  }
}

function parentIdOf({ actorRef }: InspectedEvent) {
  const parent = parentOf(actorRef)
  return parent ? { parentId: parent.sessionId } : {}
}

/** An actor without a machine gets a definition with only its name, so that it can be drawn. */
const definitionFor = ({ machine, aggregate }: FrameFacts) =>
  machine ? definitionOf(machine) : JSON.stringify({ id: aggregate })

function frameFacts(inspected: InspectedEvent): FrameFacts {
  const { at, aggregate, sequence, position, input, origin, cause } = inspected.step
  const machine = machineOf(inspected.actorRef)
  return {
    at,
    aggregate,
    sequence,
    ...(position === undefined ? {} : { position }),
    index: inspected.index,
    actor: factsOf(inspected.actorRef),
    ...(machine ? { machine } : {}),
    ...(input === undefined ? {} : { input }),
    ...(origin ? { origin } : {}),
    ...(cause === null ? {} : { cause }),
    ...(inspected.type === '@xstate.snapshot' && machine ? { transitions: inspected.transitions.map(taken) } : {}),
  }
}

const taken = ({ source, target, event, guard, rules, description }: InspectedTransition): TakenTransition => ({
  source,
  target,
  event,
  ...(guard === undefined ? {} : { guard }),
  rules,
  description,
})

function eventOf(event: { readonly type: string }, { personal, contexts }: Telling): FrameEvent {
  if (!contexts) return { type: event.type }
  const json = asFrameJson(event, personal)
  return isObject(json) ? { ...json, type: event.type } : { type: event.type }
}

function snapshotOf(snapshot: object, { personal, contexts }: Telling): FrameSnapshot {
  const { status, value, context, output } = { status: 'active', ...parts(snapshot) }
  return {
    status: isStatus(status) ? status : 'active',
    ...(value === undefined ? {} : { value: asFrameJson(value, true) }),
    ...(contexts && context !== undefined ? { context: asFrameJson(context, personal) } : {}),
    ...(contexts && output !== undefined ? { output: asFrameJson(output, personal) } : {}),
  }
}

/** The members depend on the kind of the actor. */
const parts = (
  snapshot: object,
): { readonly status?: unknown; readonly value?: unknown; readonly context?: unknown; readonly output?: unknown } =>
  snapshot

const STATUSES: ReadonlySet<unknown> = new Set(['active', 'done', 'error', 'stopped'])
const isStatus = (status: unknown): status is FrameSnapshot['status'] => STATUSES.has(status)

const isObject = (json: FrameJson): json is { readonly [key: string]: FrameJson } =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
