/** `mrdian wait`: until a server is in service. */
import { type Command, Option } from '../bundled/commander.ts'
import { spanOf, urlOf } from './option-values.ts'

interface WaitOptions {
  readonly url: string
  readonly for: number
  readonly quiet: boolean
  readonly json: boolean
}

const HELP = `
Asks /health again and again, before the server is there as well. With a second
side, each has a URL of its own; ?side=B behind the URL asks for that one. The
token of a server that wants one is taken from MRDIAN_METRICS_TOKEN.

Exit codes: 0 in service; 1 not in time, with what was seen last.

Examples:
  $ npm start & npm run -s mrdian -- wait && npm run my-tests
  $ mrdian wait --url http://127.0.0.1:18082 --for 10s --quiet
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addWaitCommand(program: Command, print: (line: string) => void): void {
  program
    .command('wait')
    .description('Wait until a server is in service.')
    .addOption(
      new Option('--url <url>', 'its REST port')
        .env('MRDIAN_URL')
        .default('http://127.0.0.1:8082')
        .argParser((text: string) => urlOf(text)),
    )
    .addOption(new Option('--for <span>', 'at most: 10s, 5m, forever').argParser(spanOf).default(60_000, '60s'))
    .option('--quiet', 'say nothing on standard output', false)
    .option('--json', 'print what /health says', false)
    .addHelpText('after', HELP)
    .action(async ({ url, for: span, quiet, json }: WaitOptions) => {
      const { waitForService } = await import('./wait.ts')
      const { health, milliseconds } = await waitForService(url, process.env.MRDIAN_METRICS_TOKEN, span)
      if (quiet) return
      print(json ? JSON.stringify(health) : `in service after ${(milliseconds / 1000).toFixed(1)} s: ${url}`)
    })
}
