/** `mrdian journal`: prints the inputs of the journal. */
import type { Command } from '../bundled/commander.ts'
import type { History, JournalRow } from '../engine/ports.ts'
import { TIME_HELP } from '../times/index.ts'
import { assertWhole, DATA_ARGUMENT, linesOnOutput, onDataFile, withHistory } from './data-file.ts'
import { timeOf } from './option-values.ts'

export interface JournalOptions {
  readonly aggregate?: string
  /** Milliseconds since 1970 UTC. `from` and `to` are included. */
  readonly from?: number
  readonly to?: number
  readonly json: boolean
  readonly personal: boolean
}

/** Rows that are read at once. The file is closed between pages, because the reader of the output may be slow. */
const PAGE = 2000

interface Place {
  readonly position: number
  readonly sequence: number
}

/** The rows after a place, at most a page of them. */
async function pageOf(
  history: History,
  { position, sequence }: Place,
  aggregate: string | undefined,
): Promise<readonly JournalRow[]> {
  if (aggregate !== undefined && !(await history.aggregate(aggregate)))
    throw new RangeError(`nothing is kept of ${aggregate}`)
  const page: JournalRow[] = []
  for await (const row of aggregate === undefined ? history.all(position) : history.rows(aggregate, sequence)) {
    page.push(row)
    if (page.length === PAGE) break
  }
  return page
}

async function run(data: string, options: JournalOptions): Promise<void> {
  const { aggregate, from = 0, to = Number.POSITIVE_INFINITY, json, personal } = options
  const { journalLine, withoutPeople } = await import('../history/journal-line.ts')
  await assertWhole(data)
  const lines = linesOnOutput()
  let place: Place | undefined = { position: 0, sequence: 0 }
  while (place) {
    const after: Place = place
    const page = await withHistory(data, (history) => pageOf(history, after, aggregate))
    for (const row of page) {
      if (row.at < from || row.at > to) continue
      const shown = personal ? row : withoutPeople(row)
      if (!(await lines.write(json ? JSON.stringify(shown) : journalLine(shown)))) return
    }
    place = page.length === PAGE ? page.at(-1) : undefined
  }
}

export function addJournalCommand(program: Command): void {
  program
    .command('journal')
    .argument(...DATA_ARGUMENT)
    .description('Print the inputs of a journal, one per line.')
    .option('--aggregate <name>', 'only this one: user/1001, queue/5001, call/16777217, side/A')
    .option('--from <time>', `from this time on: ${TIME_HELP}`, timeOf)
    .option('--to <time>', 'up to this time', timeOf)
    .option('--json', 'one row per line as JSON, as replay and tests read it', false)
    .option('--personal', 'show names, numbers of callers and call variables', false)
    .addHelpText(
      'after',
      `
The file is only read; a server may be running on it.

Example:
  $ mrdian journal /var/lib/mrdian/state.db --aggregate user/1001 --from 08:30
`,
    )
    .action((data: string, options: JournalOptions) => onDataFile(() => run(data, options)))
}
