/** Frames as a server sends them, made from a few values. */
import type {
  EventFrame,
  FrameJson,
  InspectionFrame,
  SnapshotFrame,
  TakenTransition,
} from '../../../src/inspect/protocol.ts'

/** `user/1001/media:5001` */
function factsOf(session: string): InspectionFrame['mrdian']['actor'] {
  const user = /^user\/([^/]+)/.exec(session)?.[1]
  const mrd = /(?:media:|queue\/)([^/]+)/.exec(session)?.[1]
  const dialog = /(?:task:|call\/)([^/]+)/.exec(session)?.[1]
  const kind = dialog ? (user ? 'task' : 'call') : mrd ? (user ? 'media' : 'queue') : 'user'
  return { kind, ...(user ? { user } : {}), ...(mrd ? { mrd } : {}), ...(dialog ? { dialog } : {}) }
}

interface Step {
  readonly at: number
  readonly position: number
  readonly cause?: number
}

let made = 0

function common(session: string, { at, position, cause }: Step) {
  const [kind, id] = session.split('/')
  const aggregate = `${kind}/${id}`
  const actor = factsOf(session)
  return {
    id: `${aggregate}:${position}/${made}`,
    sessionId: session,
    rootId: aggregate,
    createdAt: String(at),
    _version: '0.7.2',
    mrdian: {
      at,
      aggregate,
      sequence: position,
      position,
      index: made++,
      actor,
      ...(actor.kind === 'queue' ? {} : { machine: actor.kind }),
      ...(cause === undefined ? {} : { cause }),
    },
  }
}

export function eventFrame(session: string, type: string, step: Step, sourceId?: string): EventFrame {
  return { ...common(session, step), type: '@xstate.event', event: { type }, ...(sourceId ? { sourceId } : {}) }
}

export function snapshotFrame(
  session: string,
  type: string,
  value: string,
  step: Step,
  context: FrameJson = {},
  transitions: readonly TakenTransition[] = [],
): SnapshotFrame {
  const { mrdian, ...rest } = common(session, step)
  const snapshot = { status: 'active', value, context } as const
  return { ...rest, type: '@xstate.snapshot', event: { type }, snapshot, mrdian: { ...mrdian, transitions } }
}
