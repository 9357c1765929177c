/** Interval reports from a journal, of a server or of a simulation. */
import type { History } from '../../engine/ports.ts'
import { ending } from '../ending.ts'
import { agentIntervals } from './agent.ts'
import { addCall } from './call.ts'
import { CallQueues } from './call-queues.ts'
import type { Frame } from './cells.ts'
import type { AgentFigures, IntervalReport, QueueFigures } from './figures.ts'
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
 * Rejects with StepRefused, SnapshotRefused when the machines refuse the journal; PastForgotten; UnknownMachineVersion;
 * UnknownRules.
 */
export async function intervalReport(
  stored: History,
  { every, onProgress, ...span }: IntervalOptions,
): Promise<IntervalReport> {
  // What is written meanwhile is not in the report.
  const history = ending(stored, { time: Number.POSITIVE_INFINITY, position: stored.lastPosition })
  const last = (await history.row(stored.lastPosition))?.at ?? 0
  const end = span.to ?? last
  const first = span.from ?? (await firstOf(history)) ?? last
  // The last moment of the journal is in the report.
  const frame: Frame = { from: first, to: span.to ?? last + 1, every }
  const names = (await history.aggregates()).map(({ name }) => name)
  const users = names.filter((name) => name.startsWith('user/'))
  const queues = names.filter((name) => name.startsWith('queue/') && name !== 'queue/1')
  const calls = names.filter((name) => name.startsWith('call/'))
  let done = 0
  const counted = () => {
    done += 1
    onProgress?.(done, users.length + queues.length + calls.length)
  }
  const callQueues = new CallQueues(frame)
  const agents: AgentFigures[] = []
  const lines: QueueFigures[] = []
  for (const name of users) {
    agents.push(...(await agentIntervals(history, name, frame, end)))
    counted()
  }
  for (const name of queues) {
    lines.push(...(await queueIntervals(history, name, frame)))
    counted()
  }
  for (const name of calls) {
    await addCall(history, name, frame, end, callQueues)
    counted()
  }
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

async function firstOf(history: History): Promise<number | undefined> {
  for await (const row of history.all(0)) return row.at
  return undefined
}
