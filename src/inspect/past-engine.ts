/** Where nothing runs there is the end of the past: what a viewer finds when it looks at the present. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { present } from '../engine/inspection/probe.ts'
import type { History } from '../engine/ports.ts'
import { retrace, SnapshotRefused, StepRefused } from '../history/retrace.ts'
import type { InspectedEngine } from './bridge.ts'

/** Nothing happens in it. What the machines of this version cannot restore is not shown. */
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
