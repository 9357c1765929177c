/**
 * The command line: commands, errors, exit codes. Static imports here and in the files of the commands are loaded for
 * every command, even for `--version`. So libraries, and parts that need them, are imported only when a command runs.
 */

import { Command } from '../bundled/commander.ts'
import { DirectoryError } from '../directory/errors.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { addBackupCommand } from './backup-command.ts'
import { addExportCommand, addImportCommand } from './carry-commands.ts'
import { addDemoCommand } from './demo-command.ts'
import { addDrainCommand } from './drain-command.ts'
import { addEraseCommand } from './erase-command.ts'
import { addExplainCommand } from './explain-command.ts'
import { addFollowCommand } from './follow-command.ts'
import { addImportDirectoryCommand } from './import-directory-command.ts'
import { addInspectCommand } from './inspect-command.ts'
import { addJournalCommand } from './journal-command.ts'
import { addMachinesCommand } from './machines-command.ts'
import { readPassword } from './password-input.ts'
import { complain } from './progress.ts'
import { addRecordCommand } from './record-command.ts'
import { addReloadCommand } from './reload-command.ts'
import { addReplayCommand } from './replay-command.ts'
import { addReportCommand } from './report-command.ts'
import { addRescueCommand } from './rescue-command.ts'
import { addServeCommand } from './serve-command.ts'
import type { ServeOptions } from './serve-options.ts'
import { addSimulateCommand } from './simulate-command.ts'
import { directoryProblems, StartFailure, UsageFailure } from './start-failure.ts'
import { addStatusCommand } from './status-command.ts'
import { version } from './version.ts'
import { addWaitCommand } from './wait-command.ts'
import { addWatchCommand } from './watch-command.ts'
import { addXmppSetupCommand } from './xmpp-setup-command.ts'

/** Loads the server only when it is needed, so that the small commands start fast. */
async function serve(options: ServeOptions): Promise<void> {
  const server = await import('./serve.ts')
  await server.serve(options)
}

/** Makes the program. `run` runs `serve`. */
export function createProgram(run: (options: ServeOptions) => Promise<void> = serve): Command {
  const program = new Command('mrdian')
    .description('A notification-driven state engine for contact-centre agents, compatible with Cisco Finesse.')
    .version(version(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this text; see also mrdian COMMAND --help')
    .helpCommand(false)
  addDemoCommand(program, print)
  addServeCommand(program, run)
  addFollowCommand(program)
  addWaitCommand(program, print)
  addStatusCommand(program, print)
  addWatchCommand(program, print)
  addReloadCommand(program, print)
  addDrainCommand(program, print)
  addSimulateCommand(program, print)
  addReplayCommand(program, print)
  addReportCommand(program)
  addRecordCommand(program)
  addJournalCommand(program)
  addBackupCommand(program, print)
  addRescueCommand(program, print)
  addExportCommand(program, print)
  addImportCommand(program, print)
  addEraseCommand(program, print)
  addExplainCommand(program)
  addInspectCommand(program, print)
  addMachinesCommand(program)
  addXmppSetupCommand(program, print)
  addImportDirectoryCommand(program, print)
  program
    .command('hash-password')
    .description('Print the hash of a password, for passwordHash in a directory file.')
    .addHelpText(
      'after',
      `
The command asks for the password, or reads it from standard input. It is not an
argument, because everybody on the machine can see arguments.

Example:
  $ mrdian hash-password < password.txt
`,
    )
    .action(async () => {
      const { hashPassword } = await import('../accounts/index.ts')
      print(await hashPassword(await readPassword()))
    })
  program
    .command('check-directory')
    .argument('<file>', 'a directory file')
    .description('Check a directory file, and print every problem with its line.')
    .action(async (file: string) => {
      const { reportDirectory } = await import('./directory-report.ts')
      const { summary, warnings } = await reportDirectory(file)
      print(summary)
      for (const warning of warnings) complain(`warning: ${warning}`)
    })
  for (const command of [program, ...program.commands]) {
    const name = command === program ? 'mrdian' : `mrdian ${command.name()}`
    command.configureOutput({ outputError: (text, write) => write(`${oneLine(text)} (see ${name} --help)\n`) })
  }
  return program
}

/** Runs one command line. Prints errors to standard error and ends with exit code 1, or 2 for a `UsageFailure`. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    complain(describe(error))
    // Anything that still runs belongs to a start that failed.
    process.exit(error instanceof UsageFailure ? 2 : 1)
  }
}

/** The message of an expected error, or the stack of a bug. */
function describe(error: unknown): string {
  if (error instanceof DirectoryError) return directoryProblems(error)
  if (
    error instanceof UsageFailure ||
    error instanceof StartFailure ||
    error instanceof InvalidArgument ||
    error instanceof RangeError
  )
    return error.message
  return `unexpected error: ${error instanceof Error ? error.stack : String(error)}`
}

/** Commander prints its suggestion on a second line; this joins the lines. */
function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const words = lines.filter((line) => line !== '').join(' ')
  return `mrdian: ${words.replace(/^error: /, '')}`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
