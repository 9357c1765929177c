/** The states of all users at a moment of the past, for a list of them. Users who were not there yet are left out. */
import type { History } from '../engine/ports.ts'
import { isOfThePast } from '../history/retrace.ts'
import { listedActor } from './frames.ts'
import { passage } from './past.ts'
import type { ActorsFrame, Frame } from './protocol.ts'

const USER = 'user/'

/** A frame for each user, without contexts, and an `EndFrame` last. It is made lazily, one user at a time. */
export async function* statesAt(history: History, at: number): AsyncGenerator<readonly Frame[]> {
  let frames = 0
  let problem: string | undefined
  // What is written meanwhile is not shown.
  const position = history.lastPosition
  for (const { name } of await history.aggregates()) {
    if (!name.startsWith(USER)) continue
    try {
      const frame = await stateOf(history, name, at, position)
      if (frame === undefined) continue
      frames += 1
      yield [frame]
    } catch (error) {
      if (!isOfThePast(error)) throw error
      problem = error.message
    }
  }
  const complete = problem === undefined
  yield [{ type: '@mrdian.end', complete, frames, ...(problem === undefined ? {} : { problem }) }]
}

async function stateOf(history: History, name: string, at: number, position: number): Promise<ActorsFrame | undefined> {
  const replay = await passage(history, name, { from: at + 1, to: at + 1 }, position)
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
    await replay.close()
  }
}
