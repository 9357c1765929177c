/** An interval report as CSV: a row for each figure. */
import { AGENT_FIELDS, type IntervalReport, QUEUE_FIELDS } from '../history/intervals/index.ts'
import { csv } from '../tables/index.ts'

const HEAD = ['interval', 'minutes', 'agent', 'queue', 'name', 'figure', 'value', 'unit', 'cisco']

type Row = readonly (string | number | undefined)[]

/** Times are in seconds, as in Cisco's tables. Figures that are zero are left out, except the counts of a queue. */
export function intervalCsv({ agents, queues, every }: IntervalReport): string {
  const minutes = every / 60_000
  const begin = (from: number) => new Date(from).toISOString()
  const fieldOf = (fields: Readonly<Record<string, string>>, figure: string) =>
    Object.hasOwn(fields, figure) ? fields[figure] : undefined
  const ofAgents = agents.flatMap(({ from, user, mrd, name, stateMs, onTaskMs, ...counts }): readonly Row[] => {
    const row = (figure: string, value: number, unit: string) => {
      return [begin(from), minutes, user, mrd, name, figure, value, unit, fieldOf(AGENT_FIELDS, figure)]
    }
    const loggedOn = Object.values(stateMs).reduce((sum, ms) => sum + ms, 0)
    const { offered, accepted, handled, rona, abandoned, interrupts } = counts
    const times = { loggedOn, ...stateMs, onTask: onTaskMs }
    return [
      ...Object.entries(times).map(([figure, ms]) => row(figure, ms / 1000, 's')),
      ...Object.entries({ offered, accepted, handled, rona, abandoned, interrupts }).map(([figure, value]) =>
        row(figure, value, ''),
      ),
    ].filter(([, , , , , , value]) => value !== 0)
  })
  const ofQueues = queues.flatMap(({ from, queue, name, waitMs, ...counts }): readonly Row[] => {
    const row = (figure: string, value: number, unit: string) => {
      return [begin(from), minutes, '', queue, name, figure, value, unit, fieldOf(QUEUE_FIELDS, figure)]
    }
    const { offered, accepted, handled, rona, abandoned } = counts
    return [
      ...Object.entries({ offered, accepted, handled, rona, abandoned }).map(([figure, value]) =>
        row(figure, value, ''),
      ),
      row('wait', waitMs / 1000, 's'),
    ]
  })
  return csv([HEAD, ...ofAgents, ...ofQueues])
}
