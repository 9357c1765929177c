/** Frames as they come: text to what the viewer keeps. */
import type {
  ActorsFrame,
  ControlFrame,
  Frame,
  FrameFacts,
  FrameSnapshot,
  InspectionFrame,
  ListedActor,
} from '../../../protocol.ts'
import type { Heard, Seen } from './moment.ts'

const INSPECTION: readonly string[] = ['@xstate.actor', '@xstate.event', '@xstate.snapshot']

/** The server is of the same build (`HelloFrame.protocol` says so): what is looked at here is which frame it is. */
function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return false
  if (value.type.startsWith('@mrdian.')) return true
  return (
    INSPECTION.includes(value.type) && 'sessionId' in value && 'mrdian' in value && typeof value.mrdian === 'object'
  )
}

export function isInspection(frame: Frame): frame is InspectionFrame {
  return INSPECTION.includes(frame.type)
}

export const isControl = (frame: Frame): frame is ControlFrame => !isInspection(frame)

/** `undefined` for what is no frame of the protocol. */
export function readFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFrame(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `{ "SIGNED_IN": "READY" }` is shown as `READY`, as clients see it; states side by side with a blank between. */
function stateText(value: FrameSnapshot['value']): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.values(value).map(stateText).join(' ')
}

export const seenOf = ({ status, value, context }: FrameSnapshot): Seen => ({
  status,
  state: status === 'stopped' ? '' : stateText(value),
  context,
})

const placeOf = ({ at, aggregate, sequence, position, input, origin, cause }: FrameFacts) => ({
  at,
  aggregate,
  sequence,
  position,
  input,
  origin,
  cause,
})

export function heardOf(frame: InspectionFrame): Heard {
  const { id, sessionId, mrdian } = frame
  return {
    id,
    session: sessionId,
    facts: mrdian.actor,
    machine: mrdian.machine,
    ...placeOf(mrdian),
    transitions: mrdian.transitions ?? [],
    source: frame.type === '@xstate.event' ? frame.sourceId : undefined,
    event: frame.type === '@xstate.actor' ? undefined : frame.event,
    seen: frame.type === '@xstate.event' ? undefined : seenOf(frame.snapshot),
    kind: frame.type === '@xstate.actor' ? 'actor' : frame.type === '@xstate.event' ? 'event' : 'snapshot',
  }
}

/** How an actor stands, from a list of all actors of its aggregate. */
export function standing(frame: Pick<ActorsFrame, 'aggregate' | 'at' | 'sequence'>, actor: ListedActor): Heard {
  return {
    id: `${actor.sessionId}@${frame.sequence}`,
    kind: 'actor',
    session: actor.sessionId,
    facts: actor.facts,
    machine: actor.machine,
    at: frame.at,
    aggregate: frame.aggregate,
    sequence: frame.sequence,
    position: undefined,
    input: undefined,
    origin: undefined,
    cause: undefined,
    event: undefined,
    source: undefined,
    transitions: [],
    seen: seenOf(actor.snapshot),
  }
}
