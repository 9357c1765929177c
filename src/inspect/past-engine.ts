/** An engine for viewers of a data file, when no engine runs. Its present is the end of the history. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { present } from '../engine/inspection/probe.ts'
import type { History } from '../engine/ports.ts'
import { retrace, SnapshotRefused, StepRefused } from '../history/retrace.ts'
import type { InspectedEngine } from './bridge.ts'

/** Nothing happens in this engine. It does not show aggregates that the machines of this version cannot restore. */
export function pastEngine(history: History): InspectedEngine {
  return {
    history,
    on: () => () => undefined,
    now: () => history.row(history.lastPosition)?.at ?? 0,
    inspection: {
      subscribe: () => () => undefined,
      aggregates: () => history.aggregates().flatMap(({ name, ended }) => (ended ? [] : [name])),
      present: (name) => (history.aggregate(name) === undefined ? [] : lastOf(history, name)),
    },
  }
}

function lastOf(history: History, name: string): readonly InspectedEvent[] {
  try {
    const tracing = retrace(history, name, Number.MAX_SAFE_INTEGER)
    while (tracing.next());
    return present(tracing.aggregate)
  } catch (error) {
    if (error instanceof StepRefused || error instanceof SnapshotRefused) return []
    throw error
  }
}
