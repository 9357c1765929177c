/** The options of `mrdian follow`. */
import { type Command, InvalidArgumentError, Option } from '../bundled/commander.ts'
import { assertFile } from './data-file.ts'
import { LOG_FORMATS, LOG_LEVELS } from './defaults.ts'
import type { FollowCommandOptions } from './follow/options.ts'
import { baseOf, domainOf, textOf, xmppServiceOf } from './option-values.ts'
import { readPassword, readPasswordFile } from './password-input.ts'

const HELP = `
Stands beside a Finesse and rebuilds its state, through lost connections and
moves to the other side. An administrator watches; its password comes from
--password-file or MRDIAN_PASSWORD, or is asked for. States of users come at
once, media and dialogs by reads. With --agents-file and
--presence-counts-as-desktop everything comes at once, but Finesse then takes
the sessions for the desktops of the agents: an agent whose desktop is gone is
not signed out while the follower runs.

It starts also while the Finesse is down, and says so in /health and the log.
With --data FILE it continues there after a restart, and records what it missed.
A supervisor as --user sees states and calls of the supervised teams only.
Two followers with one account end each other's sessions, unless each has a
--resource of its own.

The port serves GET /finesse/api (sign in as --user), the board at
/inspect/board, /health and /metrics. To trust a certificate of your own, set
NODE_EXTRA_CA_CERTS.

Example:
  $ MRDIAN_PASSWORD=secret mrdian follow --rest http://127.0.0.1:8082 \\
      --xmpp xmpp://127.0.0.1:5222 --domain localhost --teams 2001
`

const MAX_PORT = 65_535
/** Of the address of a session, in bytes (RFC 7622). */
const MAX_RESOURCE = 1023

function listOf(text: string): readonly string[] {
  const ids = text.split(',').map((each) => each.trim())
  if (ids.some((each) => each === '')) throw new InvalidArgumentError('Ids are separated by commas, as in 1001,1002.')
  return ids
}

/** A text that can be a resource. That of the desktop is taken (`notifications 2`). */
function resourceOf(text: string): string {
  if (text.trim() === '' || Buffer.byteLength(text) > MAX_RESOURCE)
    throw new InvalidArgumentError(`A resource has 1 to ${MAX_RESOURCE} bytes.`)
  if (text.toLowerCase() === 'desktop')
    throw new InvalidArgumentError('The resource desktop belongs to the Finesse desktop: choose another one.')
  return text
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= MAX_PORT)) throw new InvalidArgumentError(`A port is a number from 0 (a free one) to ${MAX_PORT}.`)
  return port
}

/** Adds the command to a program. */
export function addFollowCommand(program: Command): void {
  program
    .command('follow')
    .description('Follow a running Finesse: its states here, with board, metrics and a read API.')
    .addOption(
      new Option('--rest <url>', 'REST of the Finesse')
        .env('MRDIAN_FOLLOW_REST')
        .argParser(baseOf)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--xmpp <url>', 'xmpps://host:5223 or wss://host:7443/ws/; without TLS where offered')
        .env('MRDIAN_FOLLOW_XMPP')
        .argParser(xmppServiceOf)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--domain <name>', 'XMPP domain: xmppDomain of SystemInfo')
        .env('MRDIAN_FOLLOW_DOMAIN')
        .argParser(domainOf)
        .makeOptionMandatory(),
    )
    .option('--rest-b <url>', 'REST of the second side', baseOf)
    .option('--xmpp-b <url>', 'XMPP of the second side', xmppServiceOf)
    .option('--domain-b <name>', 'XMPP domain of the second side', domainOf)
    .addOption(new Option('--user <name>', 'the account that watches').env('MRDIAN_USER').default('admin'))
    .option('--password-file <file>', 'a file with its password', textOf)
    .option('--agents-file <file>', 'JSON with passwords of agents, by id', textOf)
    .option('--users <ids>', 'users to follow, separated by commas', listOf, [])
    .option('--teams <ids>', 'teams whose members are followed', listOf, [])
    .option('--presence-counts-as-desktop', 'open a session for each agent of --agents-file', false)
    .option('--resource <name>', 'XMPP resource of the sessions (default: mrdian-follow)', resourceOf)
    .option('--data <file>', 'the journal; :memory: keeps none', textOf, ':memory:')
    .option('--host <address>', 'where to listen', textOf, '127.0.0.1')
    .option('--port <number>', 'where to listen', portOf, 8083)
    .addOption(new Option('--log-level <level>', 'what is logged').choices(LOG_LEVELS).default('info'))
    .addOption(new Option('--log-format <format>', 'how it is logged').choices(LOG_FORMATS).default('auto'))
    .addHelpText('after', HELP)
    .action(async ({ passwordFile, ...options }: FollowCommandOptions) => {
      assertFile(options.data)
      const password =
        passwordFile === undefined
          ? (process.env.MRDIAN_PASSWORD ?? (await readPassword()))
          : await readPasswordFile(passwordFile)
      const { runFollower } = await import('./follow/run.ts')
      await runFollower(options, password)
    })
}
