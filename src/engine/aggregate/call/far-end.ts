/** What an embedder's ACD says about a party outside, as events of the call. */
import type { CallEvent, NumberNews } from '../../../../machines/index.ts'
import type { LegState } from '../../../../machines/wire.ts'
import type { FarEndState } from '../../call-port.ts'
import type { Input } from '../../input.ts'
import type { Output } from '../../output.ts'
import { RINGS_AT_MOST_MS } from '../network/behaviour.ts'
import { type AcdSight, NUMBER_TIMEOUT } from './acd-side.ts'

type Does = Extract<CallEvent, { type: 'FAR_END' }>['does']

/** What a dialled number is, by what the ACD says first about it. */
const NUMBER: Readonly<Record<FarEndState, NumberNews['outcome']>> = {
  RINGING: 'RINGS',
  ANSWERED: 'RINGS',
  BUSY: 'BUSY',
  BAD_NUMBER: 'BAD_DESTINATION',
  NO_ANSWER: 'OTHER',
  FAILED: 'OTHER',
  HUNG_UP: 'OTHER',
}

/** What a party does by a state of the ACD: something, nothing because it has done it before, or what does not fit. */
type Verdict = Does | 'NOTHING' | 'MISFIT'

/** A party that rings takes the call or does not. */
const whileRinging = (state: FarEndState): Verdict =>
  state === 'ANSWERED' ? 'ANSWERS' : state === 'RINGING' ? 'NOTHING' : 'HANGS_UP'

/** A party that is connected, or has called, can only hang up. */
const whileThere = (state: FarEndState, was: LegState): Verdict =>
  state === 'HUNG_UP' ? 'HANGS_UP' : state === 'ANSWERED' && was !== 'INITIATED' ? 'NOTHING' : 'MISFIT'

function verdictOn({ far }: AcdSight, call: string, state: FarEndState): Verdict {
  const was = far.get(call)
  if (was === undefined) return 'NOTHING' // it has left in the same commit
  return was === 'ALERTING' ? whileRinging(state) : whileThere(state, was)
}

function newsOf(state: FarEndState, far: string): NumberNews {
  const outcome = NUMBER[state]
  return outcome === 'RINGS' ? { outcome, ringMs: RINGS_AT_MOST_MS, answers: false, talkMs: null, far } : { outcome }
}

/** The events of the call; `undefined` if the input has nothing to do with the ACD. */
export function eventsOfAcd(sight: AcdSight | undefined, input: Input, at: number): readonly CallEvent[] | undefined {
  if (input.kind === 'deadline' && input.name === NUMBER_TIMEOUT)
    return sight?.asked === undefined ? [] : [{ type: 'NUMBER_IS', number: { outcome: 'OTHER' }, at }]
  if (input.kind !== 'message' || input.body.type !== 'farEnd') return undefined
  if (!sight) return []
  const { call: far, state } = input.body
  if (far === sight.asked) {
    const answers = { type: 'FAR_END', far, does: 'ANSWERS', at } as const
    return [{ type: 'NUMBER_IS', number: newsOf(state, far), at }, ...(state === 'ANSWERED' ? [answers] : [])]
  }
  const does = verdictOn(sight, far, state)
  return does === 'NOTHING' || does === 'MISFIT' ? [] : [{ type: 'FAR_END', far, does, at }]
}

/** What the ACD says does not fit, which is reported and has no effect. */
export function misfit(sight: AcdSight | undefined, input: Input): readonly Output[] {
  if (!sight || input.kind !== 'message' || input.body.type !== 'farEnd') return []
  const { call, state } = input.body
  if (call === sight.asked || verdictOn(sight, call, state) !== 'MISFIT') return []
  return [{ type: 'flagged', what: 'party outside', from: sight.far.get(call) ?? '', to: state }]
}
