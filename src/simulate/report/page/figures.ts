/** The key figures: the label, value and format of each. Pure functions. */

import { count, duration, percent } from '../../../pages/lanes/format.ts'
import { lookOf } from '../../../pages/states.ts'
import type { Distribution, QueueResult, SimulationResult, WorkTotals } from '../../result.ts'

export interface Figure<Subject> {
  readonly label: string
  /** `undefined` when there is no value. */
  readonly value: (of: Subject) => number | undefined
  readonly show: (value: number) => string
}

/** A queue, and the work of the agents on its tasks. */
export interface QueueAndWork {
  readonly queue: QueueResult
  readonly work: WorkTotals | undefined
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Mean over all agents, weighted by their signed-in times. */
function meanOccupancy({ agents }: SimulationResult): number | undefined {
  const signedIn = sum(agents.map(({ signedInMs }) => signedInMs))
  return signedIn === 0 ? undefined : sum(agents.map(({ occupancy, signedInMs }) => occupancy * signedInMs)) / signedIn
}

export const OVERALL: readonly Figure<SimulationResult>[] = [
  { label: 'Agents', value: ({ counts }) => counts.agents, show: count },
  { label: 'Contacts', value: ({ counts }) => counts.contacts, show: count },
  { label: 'Handled', value: ({ queues }) => sum(queues.map(({ handled }) => handled)), show: count },
  { label: 'Abandoned', value: ({ queues }) => sum(queues.map(({ abandoned }) => abandoned)), show: count },
  { label: 'Left otherwise', value: ({ queues }) => sum(queues.map(({ left }) => left)), show: count },
  { label: 'Open at the end', value: ({ queues }) => sum(queues.map(({ open }) => open)), show: count },
  { label: 'RONA', value: ({ work }) => sum(work.map(({ endings }) => endings.ronaTransfers)), show: count },
  { label: 'Transfers', value: ({ work }) => sum(work.map(({ endings }) => endings.transfers)), show: count },
  { label: 'Interruptions', value: ({ work }) => sum(work.map(({ interruptions }) => interruptions)), show: count },
  { label: 'Occupancy', value: meanOccupancy, show: percent },
  { label: 'Failed inputs', value: ({ counts }) => counts.failedInputs, show: count },
  {
    label: 'Failed expectations',
    value: ({ expectations }) => expectations.filter(({ held }) => !held).length,
    show: count,
  },
]

function wait(label: string, of: (wait: Distribution) => number): Figure<QueueAndWork> {
  return { label, value: ({ queue }) => (queue.wait.count === 0 ? undefined : of(queue.wait)), show: duration }
}

export const PER_QUEUE: readonly Figure<QueueAndWork>[] = [
  { label: 'Contacts', value: ({ queue }) => queue.arrived, show: count },
  { label: 'Handled', value: ({ queue }) => queue.handled, show: count },
  { label: 'Abandoned', value: ({ queue }) => queue.abandoned, show: count },
  { label: 'Left otherwise', value: ({ queue }) => queue.left, show: count },
  { label: 'Open', value: ({ queue }) => queue.open, show: count },
  { label: 'RONA', value: ({ work }) => work?.endings.ronaTransfers, show: count },
  { label: 'Transfers', value: ({ work }) => work?.endings.transfers, show: count },
  {
    label: 'Service level',
    value: ({ queue }) => (queue.wait.count === 0 ? undefined : queue.serviceLevel),
    show: percent,
  },
  { label: 'within', value: ({ queue }) => queue.serviceLevelMs, show: duration },
  wait('Wait, mean', ({ mean }) => mean),
  wait('Wait, p50', ({ p50 }) => p50),
  wait('Wait, p90', ({ p90 }) => p90),
  wait('Wait, p99', ({ p99 }) => p99),
  wait('Wait, longest', ({ longest }) => longest),
  {
    label: 'Until handled, p90',
    value: ({ queue: { handledAfter } }) => (handledAfter.count === 0 ? undefined : handledAfter.p90),
    show: duration,
  },
  {
    label: 'To a reply, mean',
    value: ({ queue: { response } }) => (response.count === 0 ? undefined : response.mean),
    show: duration,
  },
  { label: 'Longest queue', value: ({ queue }) => queue.longest, show: count },
]

export const PER_MRD: readonly Figure<WorkTotals>[] = [
  { label: 'Offered', value: ({ offered }) => offered, show: count },
  { label: 'Accepted', value: ({ accepted }) => accepted, show: count },
  { label: 'Handled', value: ({ endings }) => endings.handled, show: count },
  { label: 'RONA', value: ({ endings }) => endings.ronaTransfers, show: count },
  { label: 'Transfers', value: ({ endings }) => endings.transfers, show: count },
  { label: 'Closed by sign-out', value: ({ endings }) => endings.closedBySignOut, show: count },
  { label: 'Abandoned', value: ({ endings }) => endings.abandoned, show: count },
  { label: 'Expired', value: ({ endings }) => endings.expired, show: count },
  { label: 'Lost', value: ({ endings }) => endings.lost, show: count },
  { label: 'Interruptions', value: ({ interruptions }) => interruptions, show: count },
  { label: 'Active', value: ({ activeMs }) => activeMs, show: duration },
  { label: 'Paused', value: ({ pausedMs }) => pausedMs, show: duration },
  { label: 'Interrupted', value: ({ interruptedMs }) => interruptedMs, show: duration },
  { label: 'Wrap-up', value: ({ wrapUpMs }) => wrapUpMs, show: duration },
  {
    label: 'To accept, mean',
    value: ({ accepted, acceptMs }) => (accepted === 0 ? undefined : acceptMs / accepted),
    show: duration,
  },
]

/** One figure for each agent state that occurs. */
export function stateFigures(results: readonly SimulationResult[]): readonly Figure<WorkTotals>[] {
  const states = new Set(results.flatMap(({ work }) => work.flatMap(({ stateMs }) => Object.keys(stateMs))))
  return [...states].map((state) => ({
    label: lookOf(state).label,
    value: ({ stateMs }) => (Object.hasOwn(stateMs, state) ? stateMs[state] : 0),
    show: duration,
  }))
}

/** A subject with figures, in every result that contains it. */
export interface Subject<Of> {
  readonly name: string
  readonly of: readonly (Of | undefined)[]
}

/** Groups the subjects of several results by id, in the order of their first appearance. */
function together<Each extends { readonly mrd: string; readonly name: string }, Of>(
  lists: readonly (readonly Each[])[],
  view: (each: Each, result: number) => Of,
): readonly Subject<Of>[] {
  const ids = new Set(lists.flatMap((list) => list.map(({ mrd }) => mrd)))
  return [...ids].map((id) => {
    const found = lists.map((list) => list.find(({ mrd }) => mrd === id))
    return {
      name: found.find((each) => each !== undefined)?.name ?? id,
      of: found.map((each, result) => each && view(each, result)),
    }
  })
}

/** Media that no contact used, in no result, are left out. */
function used<Of extends QueueResult | WorkTotals>(lists: readonly (readonly Of[])[]): readonly (readonly Of[])[] {
  const isUsed = (each: Of) => ('arrived' in each ? each.arrived : each.offered) > 0
  const ids = new Set(
    lists
      .flat()
      .filter(isUsed)
      .map(({ mrd }) => mrd),
  )
  return ids.size === 0 ? lists : lists.map((list) => list.filter(({ mrd }) => ids.has(mrd)))
}

export function queuesOf(results: readonly SimulationResult[]): readonly Subject<QueueAndWork>[] {
  return together(used(results.map(({ queues }) => queues)), (queue, result) => ({
    queue,
    work: results[result]?.work.find(({ mrd }) => mrd === queue.mrd),
  }))
}

export function workOf(results: readonly SimulationResult[]): readonly Subject<WorkTotals>[] {
  return together(used(results.map(({ work }) => work)), (work) => work)
}

/** Name of a result, for example `A: title (seed 1)`. A single result has only its title. `variants`: in place of titles. */
export function resultNames(results: readonly SimulationResult[], variants: readonly string[] = []): readonly string[] {
  return results.map(({ scenario, seed }, index) => {
    const title = (results.length > 1 && variants[index]) || scenario.title || scenario.name
    return results.length === 1 ? title : `${String.fromCodePoint(65 + index)}: ${title} (seed ${seed})`
  })
}
