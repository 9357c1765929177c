/** The states of all users at a moment of the past, for a list of them. Users who were not there yet are left out. */
import type { History } from '../engine/ports.ts'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'
import { SnapshotRefused, StepRefused } from '../history/retrace.ts'
import { listedActor } from './frames.ts'
import { passage } from './past.ts'
import type { ActorsFrame, Frame } from './protocol.ts'

const USER = 'user/'

/** A frame for each user, without contexts, and an `EndFrame` last. It is made lazily, one user at a time. */
export function* statesAt(history: History, at: number): Generator<readonly Frame[]> {
  let frames = 0
  let problem: string | undefined
  for (const { name } of history.aggregates()) {
    if (!name.startsWith(USER)) continue
    try {
      const frame = stateOf(history, name, at)
      if (frame === undefined) continue
      frames += 1
      yield [frame]
    } catch (error) {
      const isOfThePast = error instanceof StepRefused || error instanceof SnapshotRefused || isOfOtherMachines(error)
      if (!isOfThePast) throw error
      problem = error.message
    }
  }
  const complete = problem === undefined
  yield [{ type: '@mrdian.end', complete, frames, ...(problem === undefined ? {} : { problem }) }]
}

function stateOf(history: History, name: string, at: number): ActorsFrame | undefined {
  const replay = passage(history, name, { from: at + 1, to: at + 1 })
  try {
    const { beginning } = replay
    const step = beginning[0]?.step
    // The past of a user may begin later, with the oldest snapshot that is kept.
    if (step === undefined || step.at > at) return undefined
    const telling = { personal: false, definitions: false, contexts: false }
    return {
      ...{ type: '@mrdian.actors', aggregate: name, at: step.at, sequence: step.sequence },
      actors: beginning.flatMap((each) => (each.type === '@xstate.actor' ? [listedActor(each, telling)] : [])),
    }
  } finally {
    replay.close()
  }
}
