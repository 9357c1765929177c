/** `mrdian record`: turns a part of a journal into a scenario file, without personal data. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { type Command, InvalidArgumentError } from '../bundled/commander.ts'
import { TIME_HELP } from '../times/index.ts'
import { DATA_ARGUMENT, linesOnOutput, onDataFile, withHistory } from './data-file.ts'
import { timeOf } from './option-values.ts'
import { progressOn } from './progress.ts'
import { StartFailure } from './start-failure.ts'

export interface RecordFlags {
  readonly from?: number
  readonly to?: number
  readonly out?: string
  readonly users?: readonly string[]
}

const HELP = `
The scenario contains the agents, the contacts, and what they did at which time.
Its expectations contain the results. Names, login names, extensions, sessions,
numbers of callers, dial numbers and values of variables are replaced. Ids of
users and teams, names of MRDs, script selectors and names of variables are
kept. Work that was under way at --from begins shortly before it. Comments in
the file name everything that a scenario cannot contain.
The data file is only read; a server may be running on it.

Examples:
  $ mrdian record /var/lib/mrdian/state.db --from 08:30 --to 09:00 --out morning.yaml
      Then: mrdian simulate morning.yaml --html morning.html
  $ mrdian record state.db --users 1001,1002 --from 2026-03-01T08:00 --out two.yaml
`

async function run(data: string, { out, ...options }: RecordFlags): Promise<void> {
  if (out === '') throw new StartFailure('--out needs the name of a file')
  if (out !== undefined && existsSync(out)) throw new StartFailure(`${out} exists already; give the name of a new file`)
  const { record } = await import('../simulate/record/index.ts')
  const progress = progressOn(process.stderr, () => performance.now())
  const recording = await withHistory(data, async (history, assertWhole) => {
    try {
      assertWhole()
      return await record(history, { ...options, onProgress: (done, total) => progress.show(done, total) })
    } finally {
      progress.end()
    }
  })
  if (out === undefined) await linesOnOutput().write(recording.text.trimEnd())
  else await writeFile(out, recording.text, { flag: 'wx', mode: 0o600 })
  const { entries, expectations, notes } = recording
  tell(`${entries} actions, ${expectations} expectations`)
  for (const note of notes) tell(`not in the file: ${note}`)
}

const tell = (text: string) => void process.stderr.write(`mrdian: ${text}\n`)

function users(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim())
  if (ids.includes('')) throw new InvalidArgumentError('Give user ids separated by commas: 1001,1002.')
  return ids
}

export function addRecordCommand(program: Command): void {
  program
    .command('record')
    .argument(...DATA_ARGUMENT)
    .description('Turn a part of a journal into a scenario for simulate, without personal data.')
    .option('--from <time>', `from this time on (default: the beginning of the journal): ${TIME_HELP}`, timeOf)
    .option('--to <time>', 'up to this time', timeOf)
    .option('--users <ids>', 'only inputs that concern these users: 1001,1002', users)
    .option('--out <file>', 'a new file (default: standard output)')
    .addHelpText('after', HELP)
    .action((data: string, flags: RecordFlags) => onDataFile(() => run(data, flags)))
}
