/** `mrdian status`: how a server and its data are. */
import type { Command } from '../bundled/commander.ts'
import { onDataFile } from './data-file.ts'
import { DEFAULTS } from './defaults.ts'

const HELP = `
Of a database: its servers, which of them confirm changes and how far they are
behind, who owns the store, and which servers of mrdian wait as standbys. Of a
data file: which process has it open. Of an http address: what /health says.
Nothing is changed.

Who confirms is shown to a user with the role pg_read_all_stats. Without it the
command still sees a change that waits for longer than two seconds.

If /health requires a token, set MRDIAN_METRICS_TOKEN. The password of a
database may be in PGPASSWORD.

Exit codes: 0 all is well, also of a standby that waits; 1 it is not, and the
lines with "problem" say why: nobody owns the data, nobody confirms, a server
is away, …; 2 it cannot be asked.

Examples:
  $ mrdian status postgres://mrdian@db1,db2/mrdian
  $ mrdian status http://127.0.0.1:8082
`

interface Given {
  readonly acceptUnreplicated: boolean
  readonly json: boolean
}

/** Adds the command to a program; `print` writes a line to standard output. */
export function addStatusCommand(program: Command, print: (line: string) => void): void {
  const data = `data file, postgres://HOST,HOST/DATABASE, or http://HOST:PORT (default: MRDIAN_DATA, or ${DEFAULTS.data})`
  program
    .command('status')
    .argument('[data]', data)
    .description('Show who owns a data file or database, who confirms changes, and what is wrong.')
    .option('--accept-unreplicated', 'it is no problem that one machine alone has a change', false)
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', HELP)
    .action((named: string | undefined, options: Given) =>
      onDataFile(async () => {
        const { statusOf } = await import('./status.ts')
        const given = named ?? (process.env.MRDIAN_DATA || DEFAULTS.data)
        const { lines, json, problems } = await statusOf(given, process.env.MRDIAN_METRICS_TOKEN, options)
        if (options.json) print(JSON.stringify(json))
        else for (const line of [...lines, ...problems.map((each) => `problem: ${each}`)]) print(line)
        if (problems.length > 0) process.exitCode = 1
      }),
    )
}
