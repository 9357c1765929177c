/** `mrdian simulate`: runs a scenario in virtual time and reports the results. */
import type { Command } from '../bundled/commander.ts'
import { check, fromOneTo, type SimulateFlags, sweepOf, targetOf, wholeNumber } from './simulate/options.ts'

const HELP = `
The result goes to standard output: the same text or JSON for the same scenario
and seed. Progress and speed go to standard error.

A file with variants, --compare and --sweep run every variant with the same ten
seeds and print the differences, with 95 % intervals. Figures of --until and of
--json are those of the CSV: 5002.serviceLevel, 5001.waitP90, agents.cost, ...

Exit codes: 0; 1 an expectation did not hold, or --until was not reached; 2 the
command line or a file is wrong.

Examples:
  $ mrdian simulate interrupt
  $ mrdian simulate my-shift.yaml --seed 7 --html report.html
  $ mrdian simulate --compare today.yaml more-agents.yaml --html compared.html
  $ mrdian simulate lunch --html lunch.html --csv lunch.csv
  $ mrdian simulate lunch --sweep chat.size=4..12 --until '5002.serviceLevel>=80%'
  $ mrdian simulate failover --journal failover.db
      Then: mrdian replay failover.db, mrdian explain 1001 --data failover.db,
      mrdian report failover.db --csv intervals.csv
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addSimulateCommand(program: Command, print: (line: string) => void): void {
  program
    .command('simulate')
    .argument('[scenarios...]', 'a scenario file, or the name of a shipped one (--list)')
    .description('Run a scenario in virtual time and report the results.')
    .option('--seed <n>', 'use this seed instead of the one in the scenario', wholeNumber)
    .option('--replications <n>', 'number of seeds (default: 10 for a comparison, else 1)', fromOneTo(1000))
    .option('--compare', 'run several scenarios and report on their differences')
    .option('--variant <name>', 'run only this variant of the scenario')
    .option('--sweep <path=values>', 'try values: GROUP.size=8..16, handling.5002.active=3m,4m', sweepOf)
    .option(
      '--until <target>',
      'stop the sweep at the first value that surely meets it: 5002.serviceLevel>=80%',
      targetOf,
    )
    .option('--all', 'also print figures that do not differ')
    .option('--no-counter', 'do not look at differences with other assumptions about people too')
    .option('--json', 'print the result as JSON')
    .option('--csv <file>', 'write all figures as CSV')
    .option('--html <file>', 'write a report for a browser')
    .option('--journal <file>', 'keep the journal in a new data file, for explain, replay and report')
    .option('--list', 'print the shipped scenarios and stop')
    .option('--lanes <n>', 'number of agents whose whole day is in the result (default: 50)', wholeNumber)
    .option('--threads <n>', 'number of threads for many runs (default: one per core)', fromOneTo(256))
    .option('--step', 'wait for Enter after every event')
    .option('--inspect', 'show the state machines in the viewer; prints a link')
    .option('--quiet', 'do not print progress and speed')
    .addHelpText('after', HELP)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async (names: readonly string[], flags: SimulateFlags) => {
      if (flags.list) return list(print)
      check(names, flags)
      const { runSimulations } = await import('./simulate/run.ts')
      await runSimulations(names, flags, print)
    })
}

async function list(print: (line: string) => void): Promise<void> {
  const { shippedTitles } = await import('../simulate/index.ts')
  const titles = await shippedTitles()
  const width = Math.max(...titles.map(({ name }) => name.length))
  for (const { name, title } of titles) print(`${name.padEnd(width)}  ${title}`)
}
