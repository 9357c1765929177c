/** `mrdian replay`: checks that the journal still leads to the stored states. */
import type { Command } from '../bundled/commander.ts'
import type { AggregateReplay, Difference, ReplayReport } from '../history/replay.ts'
import { DATA_ARGUMENT, EXIT, onDataFile, withHistory } from './data-file.ts'
import { progressOn } from './progress.ts'

export interface ReplayOptions {
  readonly aggregate?: string
  readonly json: boolean
}

/** Most differences that are printed. The JSON form has all. */
const TOLD_MAX = 20

const WORDS: Readonly<Record<Difference['kind'], string>> = {
  step: 'the step does not succeed again',
  made: 'another id was made',
  outbox: 'another number of outbox rows',
  message: 'a message differs',
  time: 'time or order runs backwards',
  deadline: 'a deadline differs',
  state: 'the state differs',
  end: 'the journal ends elsewhere',
}

/** The result as lines of text. `milliseconds` is the duration of the replay. */
export function describeReplay(report: ReplayReport, milliseconds: number): readonly string[] {
  const { aggregates, rows, snapshots, lifted, differing } = report
  const speed = milliseconds > 0 ? `, ${Math.round((rows * 1000) / milliseconds)} rows/s` : ''
  const seconds = (milliseconds / 1000).toFixed(1)
  const different = aggregates.filter(({ difference }) => difference !== undefined)
  return [
    `${rows} rows of ${aggregates.length} aggregates replayed, ${snapshots} snapshots compared (${seconds} s${speed})`,
    ...lifted.map((name) => `data of an older version, converted by: ${name}`),
    ...different.slice(0, TOLD_MAX).flatMap(describeDifference),
    ...(different.length > TOLD_MAX ? [`… and ${different.length - TOLD_MAX} more`] : []),
    differing === 0 ? 'no difference' : `${differing} aggregate${differing === 1 ? '' : 's'} with a difference`,
  ]
}

function describeDifference({ aggregate, difference }: AggregateReplay): readonly string[] {
  if (!difference) return []
  const { kind, position, sequence, at, path, stored, replayed } = difference
  const place = position === null ? 'the snapshot' : `position ${position}`
  return [
    `${aggregate}: ${WORDS[kind]} at ${place}, sequence ${sequence}, ${new Date(at).toISOString()}`,
    ...(path === '' ? [] : [`  path      ${path}`]),
    `  stored    ${stored}`,
    `  replayed  ${replayed}`,
  ]
}

async function run(data: string, { aggregate, json }: ReplayOptions, print: (text: string) => void): Promise<void> {
  const { replay } = await import('../history/replay.ts')
  const begin = performance.now()
  const progress = progressOn(process.stderr, () => performance.now())
  const report = await withHistory(data, async (history, assertWhole) => {
    try {
      assertWhole()
      return await replay(history, {
        ...(aggregate === undefined ? {} : { aggregate }),
        onProgress: ({ rows, total }) => progress.show(rows, total),
      })
    } finally {
      progress.end()
    }
  })
  const milliseconds = performance.now() - begin
  if (json) print(JSON.stringify({ ...report, milliseconds: Math.round(milliseconds) }))
  else for (const line of describeReplay(report, milliseconds)) print(line)
  if (report.differing > 0) process.exitCode = EXIT.difference
}

export function addReplayCommand(program: Command, print: (text: string) => void): void {
  program
    .command('replay')
    .argument(...DATA_ARGUMENT)
    .description('Run the journal through the machines again, and check that it leads to the stored states.')
    .option('--aggregate <name>', 'only this one: user/1001, queue/5001, call/16777217, side/A')
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      `
Every stored snapshot is compared byte for byte, and every row with the result
of its step. The file is only read. Exit codes: 0 no difference; 1 a difference,
which is printed with its place and without personal data; 2 the file cannot be
read, is damaged or lacks confirmed changes.

Example:
  $ mrdian replay /var/lib/mrdian/state.db --aggregate user/1001
`,
    )
    .action((data: string, options: ReplayOptions) => onDataFile(() => run(data, options, print)))
}
