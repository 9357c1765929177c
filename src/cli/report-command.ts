/** `mrdian report`: figures per interval from a journal, as Cisco's historical tables have them. */
import { writeFile } from 'node:fs/promises'
import type { Command } from '../bundled/commander.ts'
import type { AgentFigures, IntervalReport, QueueFigures } from '../history/intervals/index.ts'
import { TIME_HELP } from '../times/index.ts'
import { DATA_ARGUMENT, linesOnOutput, onDataFile, withHistory } from './data-file.ts'
import { oneOf, timeOf } from './option-values.ts'
import { progressOn } from './progress.ts'
import { StartFailure } from './start-failure.ts'

interface ReportFlags {
  readonly from?: number
  readonly to?: number
  readonly interval: '15' | '30' | '60'
  readonly csv?: string | true
  readonly json: boolean
}

const HELP = `
For every agent and medium: the time in each state, the time on task (dialogs in
ACTIVE: an interrupt with ACCEPT stops it, with IGNORE it goes on), offered,
accepted, handled, RONA, abandoned and interrupts. For every queue of tasks or
calls: offered, accepted, handled, RONA, abandoned and the waits; for every agent
in a queue of calls, that part of the agent's voice. Times are in seconds.
The CSV names the field of Agent_Skill_Group_Interval or Call_Type_Interval that
is the same figure: the names of Cisco's report guides, whose counts were not
compared with a running Cisco system. Intervals begin at :00, :15, :30, :45 (UTC).
The data file is only read; a server may be running on it.

Examples:
  $ mrdian report state.db --from 08:00 --to 12:00
  $ mrdian report state.db --interval 15 --csv intervals.csv
  $ mrdian simulate lunch --variant ignore --journal lunch.db
      Then: mrdian report lunch.db --csv lunch-intervals.csv
`

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .argument(...DATA_ARGUMENT)
    .description('Print figures of agents and queues per interval, from the journal.')
    .option('--from <time>', `the beginning (default: that of the journal): ${TIME_HELP}`, timeOf)
    .option('--to <time>', 'the end (default: that of the journal)', timeOf)
    .option('--interval <minutes>', '15, 30 or 60', oneOf(['15', '30', '60']), '30')
    .option('--csv [file]', 'write CSV, to the file or to standard output')
    .option('--json', 'print JSON', false)
    .addHelpText('after', HELP)
    .action((data: string, flags: ReportFlags) => onDataFile(() => run(data, flags)))
}

async function run(data: string, { from, to, interval, csv, json }: ReportFlags): Promise<void> {
  if (csv === '') throw new StartFailure('--csv needs the name of a file')
  const { intervalReport } = await import('../history/intervals/index.ts')
  const progress = progressOn(process.stderr, () => performance.now(), 'agents, queues and calls')
  const report = await withHistory(data, async (history, assertWhole) => {
    try {
      assertWhole()
      return await intervalReport(history, {
        every: Number(interval) * 60_000,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        onProgress: (done, all) => progress.show(done, all),
      })
    } finally {
      progress.end()
    }
  })
  const lines = linesOnOutput()
  if (json) await lines.write(JSON.stringify(report, null, 2))
  if (csv !== undefined) {
    const { intervalCsv } = await import('./interval-csv.ts')
    if (csv === true) await lines.write(intervalCsv(report).trimEnd())
    else await writeFile(csv, intervalCsv(report))
  }
  if (!json && csv !== true) await lines.write(await textOf(report))
}

async function textOf({ agents, queues }: IntervalReport): Promise<string> {
  const { table } = await import('../tables/index.ts')
  const seconds = (ms: number) => String(Math.round(ms / 1000))
  const begin = (from: number) => new Date(from).toISOString().slice(0, 16).replace('T', ' ')
  const agentRow = (each: AgentFigures) => {
    const states = Object.entries(each.stateMs).map(([state, ms]) => `${state} ${seconds(ms)}`)
    const { offered, accepted, handled, rona, abandoned, interrupts } = each
    const counts = [offered, accepted, handled, rona, abandoned, interrupts].map(String)
    return [`${begin(each.from)}  ${each.user}  ${each.name}`, ...counts, seconds(each.onTaskMs), states.join(', ')]
  }
  const queueRow = ({ from, queue, name, waitMs, ...counts }: QueueFigures) => {
    const { offered, accepted, handled, rona, abandoned } = counts
    const mean = accepted === 0 ? '' : seconds(waitMs / accepted)
    return [`${begin(from)}  ${name} ${queue}`, ...[offered, accepted, handled, rona, abandoned].map(String), mean]
  }
  const heads = ['offered', 'accepted', 'handled', 'RONA', 'abandoned']
  return [
    table([
      ['Agent, medium (times in seconds)', ...heads, 'interrupts', 'on task', 'in states'],
      ...agents.map(agentRow),
    ]),
    table([['Queue', ...heads, 'wait, mean'], ...queues.map(queueRow)]),
  ].join('\n\n')
}
