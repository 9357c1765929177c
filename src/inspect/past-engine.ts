/** An engine for viewers of a data file, when no engine runs. Its present is the end of the history. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { present } from '../engine/inspection/probe.ts'
import type { History } from '../engine/ports.ts'
import { isOfThePast, retrace } from '../history/retrace.ts'
import type { InspectedEngine } from './bridge.ts'

/** Nothing happens in this engine. It does not show aggregates that the machines of this version cannot restore. */
export function pastEngine(history: History): InspectedEngine {
  let now = 0
  let names: readonly string[] = []
  return {
    history,
    on: () => () => undefined,
    look: async (what) => {
      now = await endOf(history)
      if (what === 'aggregates')
        names = (await history.aggregates()).flatMap(({ name, ended }) => (ended ? [] : [name]))
    },
    now: () => now,
    inspection: {
      subscribe: () => () => undefined,
      aggregates: () => names,
      present: async (name) => ((await history.aggregate(name)) === undefined ? [] : lastOf(history, name)),
    },
  }
}

/** The time of the last input, in milliseconds since 1970 UTC; 0 if there is none. */
export const endOf = async (history: History): Promise<number> => (await history.row(history.lastPosition))?.at ?? 0

async function lastOf(history: History, name: string): Promise<readonly InspectedEvent[]> {
  try {
    const tracing = await retrace(history, name, Number.MAX_SAFE_INTEGER)
    while (await tracing.next());
    return present(tracing.aggregate)
  } catch (error) {
    if (isOfThePast(error)) return []
    throw error
  }
}
