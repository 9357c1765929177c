/**
 * The requests of a call to an embedder's ACD. They follow from the state before and after a step, so that every change is
 * told, whichever row has made it.
 */
import type { SnapshotFrom } from 'xstate'
import { dialledFar } from '../../../../machines/call/acd-side.ts'
import { callerLeg } from '../../../../machines/call/model.ts'
import type { CallContext, callMachine } from '../../../../machines/index.ts'
import type { LegState } from '../../../../machines/wire.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import type { AcdCallRequest, CallParty } from '../../call-port.ts'
import type { Input } from '../../input.ts'
import type { Output } from '../../output.ts'

type Snapshot = SnapshotFrom<typeof callMachine>

/** The deadline for the ACD's word about a number outside, and its time in milliseconds. */
export const NUMBER_TIMEOUT = 'NUMBER_TIMEOUT'
const NUMBER_MS = 10_000

/** What the ACD sees of a call. */
export interface AcdSight {
  readonly context: CallContext
  readonly isOver: boolean
  /** The number that the ACD was asked about, and has not said anything about. */
  readonly asked: string | undefined
  /** The states of the parties outside, by the ACD's ids. */
  readonly far: ReadonlyMap<string, LegState>
  /** The parties outside that stay connected to each other when the agents have left. */
  readonly left: readonly string[]
  readonly callType: string
  /** `undefined` as long as the ACD does not have to know who is there. */
  readonly parties: readonly CallParty[] | undefined
}

/** The states of a party outside that stays when the agents have left. */
const CONNECTED: readonly LegState[] = ['ALERTING', 'ACTIVE', 'HELD']

/** `undefined` for a call that no ACD of an embedder is told about. */
export function acdSight({ context, status }: Snapshot): AcdSight | undefined {
  const { acd, unanswered, callType } = context
  if (!acd) return undefined
  const isOver = status === 'done'
  const isUntold = unanswered === 'INITIATING' || (acd.offer !== undefined && unanswered !== null)
  const there = Object.values(context.legs).filter(({ state }) => state !== 'DROPPED')
  const far = there.flatMap(({ far, state }) => (far === undefined ? [] : [[far, state] as const]))
  const parties = there.map(
    ({ mediaAddress, state, user, far: call }): CallParty => ({
      mediaAddress,
      state,
      ...(user === undefined ? {} : { user }),
      ...(call === undefined ? {} : { call }),
    }),
  )
  return {
    context,
    isOver,
    asked: isOver ? undefined : dialledFar(context),
    far: new Map(isOver ? [] : far),
    left: isOver ? far.flatMap(([call, state]) => (CONNECTED.includes(state) ? [call] : [])) : [],
    callType,
    parties: isOver ? [] : isUntold ? undefined : parties,
  }
}

/** What the ACD, and the queue that knows where its calls are, are told about a step. */
export function acdOutputs(
  before: AcdSight | undefined,
  now: AcdSight | undefined,
  input: Input,
  at: number,
): readonly Output[] {
  if (!now || before?.isOver) return []
  const hasMoved = input.kind === 'message' && input.body.type === 'hasJoined'
  const [had, has] = [idsIn(before, hasMoved), idsIn(now)]
  // A party may come and leave in one step, when two calls of one agent are joined and nobody but parties outside stays.
  const came = [...has, ...now.left].filter((call) => !had.has(call))
  const left = [...new Set([...had, ...now.left])].filter((call) => !has.has(call))
  return [
    ...came.map((call) => toQueue({ type: 'acdCallIsIn', call })),
    ...answerTo(before, now),
    ...changeIn(before, now),
    ...questionOf(before, now, at),
    ...left.flatMap((call) => end(call, before, now, input)),
  ]
}

/** The parties outside. Those that have moved to another call have not left. */
function idsIn(sight: AcdSight | undefined, hasMoved = false): ReadonlySet<string> {
  if (!sight) return new Set()
  const asked = sight.asked === undefined ? [] : [sight.asked]
  return new Set([...(hasMoved ? [] : sight.far.keys()), ...asked])
}

type Body = Extract<Output, { type: 'send' }>['body']

const toQueue = (body: Body): Output => ({ type: 'send', to: `queue/${VOICE_MRD}`, body })
const ask = (request: AcdCallRequest): Output => ({ type: 'acd', request })

/** The agent has answered the offered call. */
function answerTo(before: AcdSight | undefined, { context, isOver }: AcdSight): readonly Output[] {
  const { acd, unanswered, dialog } = context
  const isAnswered = unanswered === null && !isOver && before !== undefined && before.context.unanswered !== null
  if (!acd?.offer || !isAnswered) return []
  const { id: offer, call, user } = acd.offer
  return [ask({ type: 'callAnswered', user, call, offer, dialog })]
}

/** A call that the ACD never heard of ends unheard. */
function changeIn(before: AcdSight | undefined, { context, isOver, callType, parties }: AcdSight): readonly Output[] {
  if (!parties || (isOver && !before?.parties)) return []
  const isSame = before?.callType === callType && JSON.stringify(before.parties) === JSON.stringify(parties)
  if (isSame && !isOver) return []
  return [ask({ type: 'callChanged', dialog: context.dialog, callType, parties })]
}

/** An agent has dialled a number outside, or the ACD has said how it answers. */
function questionOf(before: AcdSight | undefined, { context, asked }: AcdSight, at: number): readonly Output[] {
  const { dialog, singleStep, outgoing, associatedDialog, legs, variables } = context
  if (asked === before?.asked) return []
  if (asked === undefined) return [{ type: 'clear', owner: dialog, name: NUMBER_TIMEOUT }]
  const user = singleStep?.user ?? legs[outgoing?.caller ?? '']?.user ?? ''
  const number = singleStep?.to ?? outgoing?.to ?? ''
  const cause = singleStep ? 'TRANSFER' : associatedDialog === undefined ? 'CALL' : 'CONSULT'
  const other = cause === 'CONSULT' && associatedDialog !== undefined ? { associatedDialog } : {}
  return [
    ask({ type: 'dialled', user, call: asked, dialog, number, cause, ...other, variables }),
    { type: 'arm', owner: dialog, name: NUMBER_TIMEOUT, due: at + NUMBER_MS },
  ]
}

/** The end of the connection to a party outside, or the caller of a call that the agent did not take. */
function end(call: string, before: AcdSight | undefined, { context, left }: AcdSight, input: Input): readonly Output[] {
  const { dialog, acd, unanswered, legs } = context
  const { offer } = acd ?? {}
  const wasOffered = offer?.call === call && before !== undefined && before.context.unanswered !== null
  const isRefused = wasOffered && unanswered === 'FAILED'
  const gone = toQueue({ type: 'acdCallOver', call, ...(isRefused ? { isRefused } : {}) })
  const isThere = legs[callerLeg(context)]?.state === 'INITIATED'
  const connectedTo = left.includes(call) ? left.filter((each) => each !== call) : []
  if (!wasOffered || !(isRefused || isThere)) return [gone, ask({ type: 'callOver', call, dialog, connectedTo })]
  const facts = { user: offer.user, call, offer: offer.id, dialog }
  const cause = input.kind === 'deadline' ? 'RING_TIMEOUT' : 'SIGN_OUT'
  return [gone, ask(isRefused ? { type: 'callRefused', ...facts } : { type: 'callNotAnswered', ...facts, cause })]
}
