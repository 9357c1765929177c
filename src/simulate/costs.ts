/** What a run costs: the hours of the agents, customers who gave up, and the time that customers waited. */
import type { AgentResult, CostResult, QueueResult } from './result.ts'
import type { Costs } from './scenario/schema.ts'
import { HOUR } from './scenario/time.ts'

const MINUTE = 60_000

export function costOf(
  { agentHour, abandoned, waitMinute }: Costs,
  queues: readonly QueueResult[],
  people: readonly AgentResult[],
): CostResult {
  const each = (amounts: Costs['abandoned'], mrd: string) =>
    typeof amounts === 'number' ? amounts : Object.hasOwn(amounts, mrd) ? (amounts[mrd] ?? 0) : 0
  const sum = <Of>(all: readonly Of[], of: (one: Of) => number) => all.reduce((total, one) => total + of(one), 0)
  const agents = (agentHour * sum(people, ({ signedInMs }) => signedInMs)) / HOUR
  const given = sum(queues, (queue) => each(abandoned, queue.mrd) * queue.abandoned)
  const wait = sum(queues, (queue) => (each(waitMinute, queue.mrd) * queue.customerWaitMs) / MINUTE)
  return { agents, abandoned: given, wait, total: agents + given + wait }
}
