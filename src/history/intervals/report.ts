/** Interval reports from a journal, of a server or of a simulation. */
import type { History } from '../../engine/ports.ts'
import { agentIntervals } from './agent.ts'
import { addCall } from './call.ts'
import { CallQueues } from './call-queues.ts'
import type { Frame } from './cells.ts'
import type { IntervalReport } from './figures.ts'
import { queueIntervals } from './queue.ts'

export interface IntervalOptions {
  /**
   * Beginning and end, in ms since 1970 UTC. Default: the whole journal. States last until a given end, also if nothing
   * was written any more.
   */
  readonly from?: number
  readonly to?: number
  /** Length of an interval, in ms. */
  readonly every: number
  readonly onProgress?: (done: number, all: number) => void
}

/**
 * The figures of every agent in every medium and in every queue of calls, and of every queue, per interval. Intervals begin at whole
 * multiples of their length. A report that begins within an interval has only a part of it.
 *
 * @throws StepRefused, SnapshotRefused when the machines refuse the journal; UnknownMachineVersion; UnknownRules
 */
export function intervalReport(history: History, { every, onProgress, ...span }: IntervalOptions): IntervalReport {
  const last = history.row(history.lastPosition)?.at ?? 0
  const end = span.to ?? last
  const first = span.from ?? firstOf(history) ?? last
  // The last moment of the journal is in the report.
  const frame: Frame = { from: first, to: span.to ?? last + 1, every }
  const names = history.aggregates().map(({ name }) => name)
  const users = names.filter((name) => name.startsWith('user/'))
  const queues = names.filter((name) => name.startsWith('queue/') && name !== 'queue/1')
  const calls = names.filter((name) => name.startsWith('call/'))
  let done = 0
  const counted = <Of>(of: Of): Of => {
    done += 1
    onProgress?.(done, users.length + queues.length + calls.length)
    return of
  }
  const callQueues = new CallQueues(frame)
  const agents = users.flatMap((name) => counted(agentIntervals(history, name, frame, end)))
  const lines = queues.flatMap((name) => counted(queueIntervals(history, name, frame)))
  for (const name of calls) counted(addCall(history, name, frame, end, callQueues))
  return {
    from: frame.from,
    to: frame.to,
    every,
    agents: [...agents, ...callQueues.agents].sort(
      (a, b) => a.from - b.from || order(a.user, b.user) || order(a.mrd, b.mrd),
    ),
    queues: [...lines, ...callQueues.queues].sort((a, b) => a.from - b.from || order(a.queue, b.queue)),
  }
}

const order = (a: string, b: string) => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0)

function firstOf(history: History): number | undefined {
  for (const row of history.all(0)) return row.at
  return undefined
}
