/** Reads frames from text, and turns them into the parts that the viewer keeps. */
import type { ActorsFrame, Frame, FrameSnapshot, InspectionFrame, ListedActor } from '../../../protocol.ts'
import type { Heard, Seen } from './moment.ts'

const INSPECTION: readonly string[] = ['@xstate.actor', '@xstate.event', '@xstate.snapshot']

/** Checks only the type of a frame, because page and server are of the same build (`HelloFrame.protocol`). */
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

/** The frame; `undefined` if the text is not a frame of the protocol. */
export function readFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFrame(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `{ "SIGNED_IN": "READY" }` becomes `READY`, as clients see it. Parallel states are joined by a blank. */
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

export function heardOf(frame: InspectionFrame): Heard {
  const { id, sessionId: session, mrdian } = frame
  const { index: _, ...facts } = mrdian
  switch (frame.type) {
    case '@xstate.actor':
      return { ...facts, id, session, kind: 'actor', seen: seenOf(frame.snapshot) }
    case '@xstate.event': {
      const { sourceId: source, event } = frame
      return { ...facts, id, session, kind: 'event', event, ...(source === undefined ? {} : { source }) }
    }
    case '@xstate.snapshot':
      return { ...facts, id, session, kind: 'snapshot', event: frame.event, seen: seenOf(frame.snapshot) }
  }
}

/** The present state of an actor, from an `ActorsFrame`. */
export function standing(frame: Pick<ActorsFrame, 'aggregate' | 'at' | 'sequence'>, actor: ListedActor): Heard {
  const { aggregate, at, sequence } = frame
  const { sessionId: session, facts, machine, snapshot } = actor
  return {
    ...{ aggregate, at, sequence, session, actor: facts },
    ...(machine === undefined ? {} : { machine }),
    id: `${session}@${sequence}`,
    kind: 'actor',
    seen: seenOf(snapshot),
  }
}
