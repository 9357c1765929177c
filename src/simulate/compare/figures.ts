/** The figures of a run that are estimated and compared. */
import type { QueueResult, SimulationResult, WorkTotals } from '../result.ts'
import type { Unit } from '../scenario/condition.ts'
import { occupancyOf } from '../scenario/totals.ts'

/** What a figure is about. `better`: which direction is good news; absent if neither is. */
export interface FigureFacts {
  /** For example `queue/5001/waitP90`. */
  readonly id: string
  /** For example `Email 5001: wait, p90`. */
  readonly label: string
  readonly unit: Unit
  readonly better?: 'less' | 'more'
  /** Whether it may be a headline. */
  readonly isMain: boolean
}

export interface MeasuredFigure extends FigureFacts {
  readonly value: number
}

interface Kind<Of> {
  readonly id: string
  readonly label: string
  readonly unit: Unit
  readonly better?: 'less' | 'more'
  readonly isMain?: boolean
  /** `undefined`: this run has no such value. */
  readonly of: (of: Of) => number | undefined
}

const QUEUE: readonly Kind<QueueResult>[] = [
  { id: 'arrived', label: 'contacts', unit: 'count', of: ({ arrived }) => arrived },
  { id: 'handled', label: 'handled', unit: 'count', better: 'more', of: ({ handled }) => handled },
  {
    id: 'abandoned',
    label: 'abandoned',
    unit: 'count',
    better: 'less',
    isMain: true,
    of: ({ abandoned }) => abandoned,
  },
  { id: 'open', label: 'open at the end', unit: 'count', better: 'less', of: ({ open }) => open },
  {
    id: 'serviceLevel',
    label: 'service level',
    unit: 'share',
    better: 'more',
    isMain: true,
    of: ({ serviceLevel, wait, abandoned, stillWaiting }) =>
      wait.count + abandoned + stillWaiting === 0 ? undefined : serviceLevel,
  },
  {
    id: 'waitMean',
    label: 'wait, mean',
    unit: 'duration',
    better: 'less',
    of: ({ waitWithOpen: { count, mean } }) => (count === 0 ? undefined : mean),
  },
  {
    id: 'waitP90',
    label: 'wait, p90',
    unit: 'duration',
    better: 'less',
    isMain: true,
    of: ({ waitWithOpen: { count, p90 } }) => (count === 0 ? undefined : p90),
  },
  {
    id: 'handledAfterMean',
    label: 'until handled, mean',
    unit: 'duration',
    better: 'less',
    of: ({ handledAfter: { count, mean } }) => (count === 0 ? undefined : mean),
  },
  {
    id: 'handledAfterP90',
    label: 'until handled, p90',
    unit: 'duration',
    better: 'less',
    isMain: true,
    of: ({ handledAfter: { count, p90 } }) => (count === 0 ? undefined : p90),
  },
  {
    id: 'responseMean',
    label: 'time to a reply, mean',
    unit: 'duration',
    better: 'less',
    isMain: true,
    of: ({ response: { count, mean } }) => (count === 0 ? undefined : mean),
  },
  {
    id: 'responseP90',
    label: 'time to a reply, p90',
    unit: 'duration',
    better: 'less',
    of: ({ response: { count, p90 } }) => (count === 0 ? undefined : p90),
  },
]

const WORK: readonly Kind<WorkTotals>[] = [
  { id: 'rona', label: 'RONA', unit: 'count', better: 'less', of: ({ endings }) => endings.ronaTransfers },
  { id: 'transfers', label: 'transfers', unit: 'count', of: ({ endings }) => endings.transfers },
  { id: 'interruptions', label: 'interruptions', unit: 'count', of: ({ interruptions }) => interruptions },
  { id: 'active', label: 'time on task', unit: 'duration', of: ({ activeMs }) => activeMs },
  { id: 'interrupted', label: 'interrupted', unit: 'duration', of: ({ interruptedMs }) => interruptedMs },
]

const sum = <Of>(all: readonly Of[], of: (one: Of) => number) => all.reduce((total, one) => total + of(one), 0)

const WHOLE: readonly Kind<SimulationResult>[] = [
  { id: 'occupancy', label: 'occupancy', unit: 'share', of: ({ agents }) => occupancyOf(agents) },
  {
    id: 'working',
    label: 'share of the time at work',
    unit: 'share',
    of: ({ agents }) => {
      const signedIn = sum(agents, ({ signedInMs }) => signedInMs)
      return signedIn === 0 ? undefined : sum(agents, ({ workingMs }) => workingMs) / signedIn
    },
  },
  {
    id: 'signedIn',
    label: 'signed in',
    unit: 'duration',
    of: ({ agents }) => sum(agents, ({ signedInMs }) => signedInMs),
  },
  { id: 'cost', label: 'cost', unit: 'count', better: 'less', isMain: true, of: ({ costs }) => costs?.total },
]

/** The figures of a run. Media that nobody used are left out. */
export function figuresOf(result: SimulationResult): readonly MeasuredFigure[] {
  const { queues, work } = result
  return [
    ...queues
      .filter(({ arrived, response }) => arrived > 0 || response.count > 0)
      .flatMap((queue) => measured(QUEUE, queue, `queue/${queue.mrd}`, `${queue.name} ${queue.mrd}`)),
    ...work
      .filter(({ offered }) => offered > 0)
      .flatMap((each) => measured(WORK, each, `work/${each.mrd}`, `${each.name} ${each.mrd}`)),
    ...measured(WHOLE, result, 'agents', 'Agents'),
  ]
}

function measured<Of>(kinds: readonly Kind<Of>[], of: Of, about: string, name: string): readonly MeasuredFigure[] {
  return kinds.flatMap((kind) => {
    const value = kind.of(of)
    if (value === undefined) return []
    const { id, label, unit, better, isMain = false } = kind
    const facts = { id: `${about}/${id}`, label: `${name}: ${label}`, unit, isMain, value }
    return [better ? { ...facts, better } : facts]
  })
}
