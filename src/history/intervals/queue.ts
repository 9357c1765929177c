/** The intervals of one queue of tasks. */
import type { Aggregate } from '../../engine/aggregate/aggregate.ts'
import { QueueBehaviour } from '../../engine/aggregate/queue/behaviour.ts'
import type { History } from '../../engine/ports.ts'
import { inputOf } from '../explain/trace.ts'
import { retrace } from '../retrace.ts'
import { Cells, type Frame } from './cells.ts'
import type { QueueFigures } from './figures.ts'

type Cell = { -readonly [Key in keyof QueueFigures]: QueueFigures[Key] }
type Counted = 'offered' | 'accepted' | 'handled' | 'rona' | 'abandoned'

export async function queueIntervals(history: History, name: string, frame: Frame): Promise<readonly QueueFigures[]> {
  const queue = name.slice('queue/'.length)
  const cells = new Cells<Cell>(frame, (from) => {
    return { from, queue, name: '', offered: 0, accepted: 0, handled: 0, rona: 0, abandoned: 0, waitMs: 0 }
  })
  const steps = await retrace(history, name, frame.from)
  /** By task, when its customer came into this queue. A task that was offered again has the time of the first one. */
  const arrivals = new Map<string, number>()
  for (let step = await steps.next(); step && step.row.at < frame.to; step = await steps.next()) {
    const { row } = step
    const { at, made } = row
    const known = behaviourOf(steps.aggregate)
    const input = row.outcome === 'applied' ? inputOf(row) : undefined
    if (!known || !input) continue
    const plus = (figure: Counted) =>
      cells.at(at, (cell) => {
        cell.name = known.setup.name
        cell[figure] += 1
      })
    if (input.kind === 'submitTask' && made !== null) {
      arrivals.set(made, at)
      plus('offered')
    } else if (input.kind === 'abandonTask' && known.tasks.get(input.task)?.state === 'abandoned') plus('abandoned')
    if (input.kind !== 'message') continue
    const { body } = input
    if (body.type === 'enqueue') plus('offered')
    else if (body.type === 'accepted') {
      const wait = at - (arrivals.get(body.task) ?? known.tasks.get(body.task)?.queuedAt ?? at)
      plus('accepted')
      cells.at(at, (cell) => {
        cell.waitMs += wait
      })
    } else if (body.type === 'handled') plus('handled')
    else if (body.type === 'ended' && body.cause === 'ABANDONED') plus('abandoned')
    else if (body.type === 'resubmit') {
      if (body.cause === 'START_TIMEOUT') plus('rona')
      const again = known.tasks.get(body.task)?.resubmittedAs
      if (again) arrivals.set(again, arrivals.get(body.task) ?? at)
    }
    if (ENDS.has(body.type) && 'task' in body && typeof body.task === 'string') arrivals.delete(body.task)
  }
  await steps.close()
  return cells.all
}

/** Messages after which the task is no longer in this queue under its id. */
const ENDS: ReadonlySet<string> = new Set(['handled', 'ended', 'resubmit'])

const behaviourOf = ({ behaviour }: Aggregate): QueueBehaviour | undefined =>
  behaviour instanceof QueueBehaviour ? behaviour : undefined
