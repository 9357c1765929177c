/** `mrdian wait`: waits until a server is in service. */
import { type Command, Option } from '../bundled/commander.ts'
import { spanOf, urlOf } from './option-values.ts'

interface WaitOptions {
  readonly url: string
  readonly for: number
  readonly quiet: boolean
  readonly json: boolean
}

const HELP = `
Asks /health again and again. You may start it before the server. Each side has
its own URL. At --metrics-listen, add ?side=B to the URL for side B. If /health
requires a token, set MRDIAN_METRICS_TOKEN.

Exit codes: 0 in service; 1 not in service in time: prints what it saw last.

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
      new Option('--url <url>', 'the REST port of the server')
        .env('MRDIAN_URL')
        .default('http://127.0.0.1:8082')
        .argParser((text: string) => urlOf(text)),
    )
    .addOption(
      new Option('--for <span>', 'longest time to wait: 10s, 5m, forever').argParser(spanOf).default(60_000, '60s'),
    )
    .option('--quiet', 'print nothing to standard output', false)
    .option('--json', 'print the answer of /health', false)
    .addHelpText('after', HELP)
    .action(async ({ url, for: span, quiet, json }: WaitOptions) => {
      const { waitForService } = await import('./wait.ts')
      const { health, milliseconds } = await waitForService(url, process.env.MRDIAN_METRICS_TOKEN, span)
      if (quiet) return
      print(json ? JSON.stringify(health) : `in service after ${(milliseconds / 1000).toFixed(1)} s: ${url}`)
    })
}
