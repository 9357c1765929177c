/** `npm run conformance`: checks any server against the documents, from outside. `README.md` describes it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Command, CommanderError, InvalidArgumentError } from 'commander'

interface Options {
  readonly rest: string
  readonly xmpp: string
  readonly agents: string
  readonly restB?: string
  readonly xmppB?: string
  readonly domain?: string
  readonly hook?: string
  readonly only: readonly string[]
  readonly wait: number
  readonly patience: number
  readonly silence?: number
  readonly json?: string
  readonly ca?: string
  readonly insecure: boolean
}

const HELP = `
The agents and the names of media are in a file; see agents.yaml beside this
program. The agents are signed out before every test: use a server on which
nobody works. Without --hook, rows that need tasks or calls are not testable.

Exit codes: 0 all as documented; 1 something differs; 2 usage, or the server
cannot be reached.

Example:
  $ npm run -s conformance -- --rest http://127.0.0.1:8082 --xmpp xmpp://127.0.0.1:5222 \\
      --agents test/conformance/any-server/agents.yaml \\
      --hook 'node test/conformance/any-server/acd-hook.ts'
`

const seconds = (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0) || value > 86_400) throw new InvalidArgumentError('a number of seconds')
  return value
}

const rest = (text: string): string => urlOf(text, ['http:', 'https:']).origin
const xmpp = (text: string): string =>
  urlOf(text, ['xmpp:', 'xmpps:', 'ws:', 'wss:', 'http:', 'https:']).href.replace(/\/$/, '')

function urlOf(text: string, schemes: readonly string[]): URL {
  if (URL.canParse(text) && schemes.includes(new URL(text).protocol)) return new URL(text)
  throw new InvalidArgumentError(`a URL with ${schemes.map((scheme) => `${scheme}//`).join(', ')}`)
}

const program = new Command('npm run conformance --')
  .description('Check a server against the documents, over REST and XMPP.')
  .requiredOption('--rest <url>', 'REST: https://host:8445', rest)
  .requiredOption('--xmpp <url>', 'XMPP: xmpp://, xmpps://, ws://…/ws, wss://…/ws; BOSH: http(s)://…/http-bind', xmpp)
  .requiredOption('--agents <file>', 'who plays the agents of the rows')
  .option('--rest-b <url>', 'REST of the second side', rest)
  .option('--xmpp-b <url>', 'XMPP of the second side', xmpp)
  .option('--domain <name>', 'XMPP domain; by default that of SystemInfo')
  .option('--hook <command>', 'creates tasks and calls')
  .option(
    '--only <rows>',
    'only these rows, rules and sequences: A1,user 4.10,15.4',
    (text: string) => text.split(','),
    [],
  )
  .option('--wait <seconds>', 'the longest time that a row may wait for a deadline', seconds, 2)
  .option('--patience <seconds>', 'how long to wait for an answer or a notification', seconds, 10)
  .option('--silence <seconds>', 'no notification for this time means that no more comes', seconds)
  .option('--json <file>', 'write the report, too')
  .option('--ca <file>', 'certificates to trust, PEM')
  .option('--insecure', 'trust every certificate', false)
  .addHelpText('after', HELP)
  .exitOverride()

/** Whom this process and the hook trust. */
function trust({ ca, insecure }: Options): void {
  if (ca !== undefined) {
    setDefaultCACertificates([...getCACertificates(), readFileSync(ca, 'utf8')])
    process.env.NODE_EXTRA_CA_CERTS = ca
  }
  if (insecure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
}

/** On a terminal one line that changes, elsewhere a line for every 25 tests. */
function tell(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} tests${done === of ? '\n' : ''}`)
  else if (done % 25 === 0 || done === of) process.stderr.write(`${done} of ${of} tests\n`)
}

const note = (line: string): void => void process.stderr.write(`${line}\n`)

/** Runs the command line, and returns the exit code. */
async function main(): Promise<number> {
  const options = program.parse().opts<Options>()
  if ((options.restB === undefined) !== (options.xmppB === undefined))
    throw new Error('--rest-b and --xmpp-b belong together')
  // All tests are loaded, which takes much longer than the help and the refusal of an option.
  const { check, isKnown } = await import('./check.ts')
  const { readAgents } = await import('./agents-file.ts')
  const { differs, tableOf } = await import('./report.ts')
  const unknown = options.only.filter((row) => !isKnown(row))
  if (unknown.length > 0) throw new Error(`--only: no test of ${unknown.join(', ')} can be run here`)
  trust(options)
  const report = await check({
    ...options,
    agents: await readAgents(options.agents),
    longestWait: options.wait,
    patience: options.patience * 1000,
    silence: options.silence === undefined ? undefined : options.silence * 1000,
    told: tell,
    noted: note,
  })
  process.stdout.write(`${tableOf(report)}\n`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  return differs(report) ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    note(`conformance: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 2
  }
}
