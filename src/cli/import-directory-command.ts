/** The options of `mrdian import-directory`. */
import type { Command } from '../bundled/commander.ts'
import { administratorOption } from './administered.ts'
import type { ImportOptions } from './import/import-directory.ts'
import { baseOf, textOf } from './option-values.ts'
import { readPassword, readPasswordFile } from './password-input.ts'
import { progressOn } from './progress.ts'
import { StartFailure } from './start-failure.ts'

interface CommandOptions extends ImportOptions {
  readonly passwordFile?: string
}

const HELP = `
Reads users, teams, MRDs, queues, reason codes, wrap-up reasons, layouts, phone
books, workflows and ECC variables, with two requests for each user. What
Finesse does not tell is listed at the top of the file; passwords among it.

The password of the administrator comes from --password-file or
MRDIAN_PASSWORD, or is asked for.
Exit codes: 0 written; 1 refused, or not reached: nothing is written; 2 written,
but entries have to be corrected before the file can be used.

Example:
  $ mrdian import-directory --from https://finesse.example.com:8445 --out agents.yaml
`

/** Throws `StartFailure` without repeating the URL, which would show the password. */
function withoutPassword({ username, password }: URL): void {
  if (username !== '' || password !== '')
    throw new StartFailure('--from has a password, which everybody on the machine can read: use --user')
}

/** Adds the command to a program; `print` writes a line to standard output. */
export function addImportDirectoryCommand(program: Command, print: (line: string) => void): void {
  program
    .command('import-directory')
    .description('Write a directory file from what a running Finesse shows.')
    .requiredOption('--from <url>', 'the server, by its REST port', baseOf)
    .addOption(administratorOption())
    .option('--password-file <file>', 'a file with the password of the administrator', textOf)
    .option('--out <file>', 'the file to write', textOf, 'directory.yaml')
    .option('--force', 'replace the file if it exists', false)
    .option('--ca <file>', 'certificates to trust, PEM', textOf)
    .option('--insecure', 'trust every certificate', false)
    .addHelpText('after', HELP)
    .action(async (options: CommandOptions) => {
      withoutPassword(options.from)
      const { importDirectory } = await import('./import/import-directory.ts')
      const progress = progressOn(process.stderr, () => performance.now(), 'users')
      const { counts, problems } = await importDirectory(options, await passwordOf(options), progress.show).finally(
        progress.end,
      )
      const found = Object.entries(counts).filter(([, count]) => count > 0)
      print(`${options.out}: ${found.map(([name, count]) => `${name} ${count}`).join(', ')}`)
      if (problems.length === 0) return
      process.stderr.write(`mrdian: correct these before you use the file:\n${problems.join('\n')}\n`)
      process.exitCode = 2
    })
}

async function passwordOf({ passwordFile }: CommandOptions): Promise<string> {
  if (passwordFile !== undefined) return readPasswordFile(passwordFile)
  return process.env.MRDIAN_PASSWORD ?? (await readPassword())
}
