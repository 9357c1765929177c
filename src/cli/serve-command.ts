/** `mrdian serve`: its flags, its environment variables, its help. */
import { type Command, Option } from '../bundled/commander.ts'
import type { CorsMode } from '../rest/index.ts'
import { DEFAULTS, DOMAIN_B, LOG_FORMATS, LOG_LEVELS, SIDE_B_OFFSET, SURFACES } from './defaults.ts'
import {
  addressOf,
  certificateOf,
  corsOf,
  countOf,
  domainOf,
  headersOf,
  inspectOf,
  oneOf,
  portOf,
  proxiesOf,
  removalLimitOf,
  shortSpanOf,
  shortSpanOrForever,
  spanOf,
  switchOf,
  textOf,
  timeOf,
  xmppServiceOf,
} from './option-values.ts'
import { conflictOf } from './serve-conflicts.ts'
import { type Chosen, type ServeOptions, SIDE_B_KEYS, sideBOf, TOKEN_VARIABLE } from './serve-options.ts'

function unlessTold(): Chosen {
  const { data: _, virtualData: __, ...rest } = DEFAULTS
  return {
    ...rest,
    acceptOlderData: false,
    authorizeSubscriptions: true,
    sideB: false,
    virtualTime: false,
    logLevel: 'info',
    logFormat: 'auto',
  }
}

const EXAMPLES = `
Every flag has an environment variable, named behind it; the flag wins.
A port of 0 is a free one; off does not start the surface. BOSH is at
/http-bind, XMPP over WebSocket at /ws, on the REST ports as well.

Examples:
  $ mrdian serve
      The sample directory on the default ports, state in ./data/mrdian.db.

  $ mrdian serve --directory agents.yaml --data /var/lib/mrdian/state.db
      Users, teams and media of your own. To try the file without starting:
      mrdian check-directory agents.yaml
      SIGHUP or mrdian reload reads it again while the server runs.

  $ MRDIAN_REST_PORT=0 MRDIAN_XMPP_PORT=0 mrdian serve --http-bind-port off \\
      --data :memory: --log-format json
      For a test: free ports, named in the line "in service"; keeps nothing.

  $ mrdian serve --tls self-signed
      Over TLS as well: REST at 8445, BOSH and WebSocket at 7443, XMPP at 5223.

  $ mrdian serve --inspect
      The state machines at work, at http://127.0.0.1:8082/inspect/ for
      administrators. --inspect=stately adds a page that sends what it sees to
      the Stately Inspector: agent data leaves the machine then.

  $ mrdian serve --side-b
      A second side for failover: REST at 18082, XMPP at 15222, and so on.

  $ mrdian serve --virtual-time
      Time stands still until a test moves it:
      curl -u admin -H 'Content-Type: application/json' \\
        -d '{"advanceMs":30000}' http://127.0.0.1:8082/acd/clock

Exit code 0: stopped by SIGTERM or SIGINT; 1: it could not start, or an error
that is a bug; 3: the data file is not its own any more (removed, moved,
replaced, linked, or opened by another server), and nothing was confirmed any
more; 130, 143: a second signal.
`

/** Adds the command to a program; `run` gets the options of each call. */
export function addServeCommand(program: Command, run: (options: ServeOptions) => Promise<void>): void {
  const chosen = unlessTold()
  const told = new Set<keyof Chosen>()
  const command = program.command('serve').description('Run a Finesse-compatible server.')
  const flag = <K extends keyof Chosen>(
    key: K,
    [name, value, alone]: readonly [name: `--${string}`, value: string, alone?: string],
    help: string,
    read: (text: string) => Chosen[K],
    standard?: string,
  ) => {
    const usage = alone === undefined ? `${name} <${value}>` : `${name} [${value}]`
    const option = new Option(usage, help).env(variableOf(name)).argParser((text: string) => {
      chosen[key] = read(text)
      told.add(key)
      return text
    })
    if (alone !== undefined) option.preset(alone)
    command.addOption(standard === undefined ? option : option.default(standard))
  }

  command.optionsGroup('What it knows and keeps:')
  flag('directory', ['--directory', 'file'], 'who exists, as YAML (default: the sample directory)', textOf)
  flag(
    'confirmRemovals',
    ['--confirm-removals', 'on|off', 'on'],
    'start although the directory leaves out many users of the data file',
    switchOf,
    'off',
  )
  flag(
    'removalLimit',
    ['--removal-limit', 'share,users'],
    'more than both may go by confirmation only, at a start and at a reload',
    removalLimitOf,
    '10%,2',
  )
  flag('data', ['--data', 'file'], 'where state is kept; :memory: forgets it', textOf, DEFAULTS.data)
  const olderHelp =
    'start although the data file lacks what was confirmed before: an older copy, or a log without its end'
  flag('acceptOlderData', ['--accept-older-data', 'on|off', 'on'], olderHelp, switchOf, 'off')
  flag(
    'journalRetention',
    ['--journal-retention', 'span'],
    'how long any moment can be explained: 12h, 30d, forever',
    spanOf,
    '30d',
  )
  flag(
    'customerDataRetention',
    ['--customer-data-retention', 'span'],
    'how long values of ended contacts are kept: 24h, 7d; forever: as long as the journal',
    spanOf,
    'forever',
  )
  command.optionsGroup('Where it listens:')
  flag('host', ['--host', 'address'], 'address of all surfaces', textOf, DEFAULTS.host)
  flag('domain', ['--domain', 'name'], 'XMPP domain, and the host name in SystemInfo', domainOf, DEFAULTS.domain)
  for (const { key, flag: name, help } of SURFACES) flag(key, [name, 'port'], help, portOf, String(DEFAULTS[key]))
  const tlsHelp = 'certificate and key, PEM, read again when they change; or self-signed, for local use'
  flag('tls', ['--tls', 'cert,key'], tlsHelp, certificateOf)
  command.optionsGroup('How many may come, on all surfaces together:')
  const pendingHelp =
    'connections without a session; the oldest makes way (default: 5000, or less where few files may be open)'
  flag('pendingConnections', ['--pending-connections', 'number'], pendingHelp, countOf)
  const perAddressHelp =
    'of these from one IPv4 address or IPv6 /64 (default: a fifth of them, and no such limit for loopback addresses)'
  flag('pendingPerAddress', ['--pending-per-address', 'number'], perAddressHelp, countOf)
  const signInHelp = 'time from connecting to a session: a REST request with its password, a bound XMPP stream'
  flag('signInTime', ['--sign-in-time', 'span'], signInHelp, shortSpanOf, '30s')
  const proxiesHelp =
    'proxies, as 10.0.0.5,10.1.0.0/16: what they say of clients in X-Forwarded-For or Forwarded is believed'
  flag('trustedProxies', ['--trusted-proxies', 'addresses'], proxiesHelp, proxiesOf)
  command.optionsGroup('Second side:')
  flag('sideB', ['--side-b', 'on|off', 'on'], 'side B beside side A, with listeners of its own', switchOf, 'off')
  flag('domainB', ['--domain-b', 'name'], 'its XMPP domain, and its host name in SystemInfo', domainOf, DOMAIN_B)
  const higher = `default: the port of side A plus ${SIDE_B_OFFSET}`
  for (const [index, [, key]] of SIDE_B_KEYS.entries()) {
    const { flag: name = '--rest-port', name: surface = '' } = SURFACES[index] ?? {}
    flag(key, [`${name}-b`, 'port'], `${surface} of side B (${higher})`, portOf)
  }
  command.optionsGroup('Who may do what:')
  const corsHelp = 'pages that may use REST, BOSH and WebSocket: enable_all, disable, or a list of origins'
  flag('cors', ['--cors', 'mode'], corsHelp, corsOf, 'enable_all')
  flag('corsHeaders', ['--cors-headers', 'names'], 'headers that they may use beside the usual ones', headersOf)
  const subscriptionHelp = 'on: users subscribe to what is theirs; off: to every node'
  flag('authorizeSubscriptions', ['--authorize-subscriptions', 'on|off'], subscriptionHelp, switchOf, 'on')
  command.optionsGroup('Notifications through an XMPP server outside (mrdian xmpp-setup --help):')
  const serviceHelp = 'the server, as xmpp://host:5222; nothing of its own listens for XMPP then'
  flag('xmppService', ['--xmpp-service', 'url'], serviceHelp, xmppServiceOf)
  flag('xmppUser', ['--xmpp-user', 'name'], 'account of this server there', textOf, DEFAULTS.xmppUser)
  const passwordHelp = 'its password; everybody on the machine sees flags, so rather by the variable'
  flag('xmppPassword', ['--xmpp-password', 'text'], passwordHelp, textOf)
  flag('xmppPasswordFile', ['--xmpp-password-file', 'file'], 'or a file with the password on its first line', textOf)
  command.optionsGroup('What can be looked at:')
  const boardHelp = 'agents and media live, at /inspect/board, for supervisors (default: with --inspect)'
  flag('board', ['--board', 'on|off', 'on'], boardHelp, switchOf)
  command.optionsGroup('What time it is:')
  const timeHelp = 'time stands still until POST /acd/clock moves it; --data is :memory: unless given'
  flag('virtualTime', ['--virtual-time', 'on|off', 'on'], timeHelp, switchOf, 'off')
  flag('start', ['--start', 'time'], 'where virtual time begins (default: 2026-01-05T08:00Z, a Monday)', timeOf)
  command.optionsGroup('How it ends:')
  const stopHelp =
    'from the first SIGTERM or SIGINT to the end at most: 5s, 1m; forever. A second signal ends it at once'
  flag('stopWithin', ['--stop-within', 'span'], stopHelp, shortSpanOrForever, '20s')
  command.optionsGroup('Who looks in:')
  const inspectHelp = 'show the state machines at /inspect/; stately: and a page for the Stately Inspector (stately.ai)'
  flag('inspect', ['--inspect', 'on|off|stately', 'on'], inspectHelp, inspectOf, 'off')
  const personalHelp = 'show names, numbers and values of call variables there'
  flag('inspectPersonal', ['--inspect-personal', 'on|off', 'on'], personalHelp, switchOf, 'off')
  const remoteHelp = 'allow --inspect with a --host that other machines reach'
  flag('inspectRemote', ['--inspect-remote', 'on|off', 'on'], remoteHelp, switchOf, 'off')
  command.optionsGroup('Who watches it:')
  const listenHelp = 'where /health and /metrics are, in place of the REST ports; a port alone is on 127.0.0.1'
  flag('metricsListen', ['--metrics-listen', 'host:port'], listenHelp, addressOf)
  const tokenHelp = `what has to be shown there, as Authorization: Bearer; or ${TOKEN_VARIABLE}, never a flag`
  flag('metricsTokenFile', ['--metrics-token-file', 'file'], tokenHelp, textOf)
  command.optionsGroup('What it says:')
  flag('logLevel', ['--log-level', 'level'], LOG_LEVELS.join(', '), oneOf(LOG_LEVELS), 'info')
  const formatHelp = 'pretty, json, or auto: pretty on a terminal'
  flag('logFormat', ['--log-format', 'format'], formatHelp, oneOf(LOG_FORMATS), 'auto')

  command.optionsGroup('Other:').helpOption('-h, --help', 'this text')
  command.addHelpText('after', EXAMPLES).action(async () => {
    const problem = conflictOf(chosen, told)
    if (problem !== undefined) command.error(`error: ${problem}`)
    const { corsHeaders, inspectRemote: _, sideB: __, domainB: ___, ...rest } = chosen
    const { pendingConnections, pendingPerAddress, signInTime, trustedProxies, ...options } = rest
    const connections = {
      ...(pendingConnections === undefined ? {} : { withoutSession: pendingConnections }),
      ...(pendingPerAddress === undefined ? {} : { perAddress: pendingPerAddress }),
      ...(signInTime === undefined ? {} : { signInMs: signInTime }),
      ...(trustedProxies === undefined ? {} : { proxies: trustedProxies }),
    }
    const metricsToken = process.env[TOKEN_VARIABLE]
    const { data = options.virtualTime ? DEFAULTS.virtualData : DEFAULTS.data } = options
    const second = sideBOf(chosen)
    await run({
      ...options,
      data,
      ...(Object.keys(connections).length === 0 ? {} : { connections }),
      cors: withHeaders(options.cors, corsHeaders),
      ...(second ? { sideB: second } : {}),
      ...(metricsToken === undefined ? {} : { metricsToken }),
    })
  })
}

/** `--rest-port` is `MRDIAN_REST_PORT`. */
export function variableOf(flag: string): string {
  return `MRDIAN_${flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`
}

function withHeaders(cors: CorsMode, headers: readonly string[] | undefined): CorsMode {
  if (headers === undefined || cors === 'disable') return cors
  return { allow: cors === 'enable_all' ? 'all' : cors.allow, headers }
}
