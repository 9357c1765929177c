/** `mrdian serve`: its flags, its environment variables, its help. */
import { type Command, Option } from '../bundled/commander.ts'
import type { CorsMode } from '../rest/index.ts'
import { DEFAULTS, DOMAIN_B, LOG_FORMATS, LOG_LEVELS, SIDE_B_OFFSET, SIDES, SURFACES } from './defaults.ts'
import {
  addressOf,
  certificateOf,
  corsOf,
  countOf,
  domainOf,
  headersOf,
  inspectOf,
  oneOf,
  originOf,
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
import {
  type Chosen,
  LOCAL_ISSUER,
  type ServeOptions,
  SIDE_B_KEYS,
  sideBOf,
  ssoOf,
  TOKEN_VARIABLE,
} from './serve-options.ts'

function initialOptions(): Chosen {
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
Every flag has an environment variable, shown after it. A flag overrides its
variable. Port 0 takes a free port; off does not start the surface. BOSH is at
/http-bind and XMPP over WebSocket at /ws, also on the REST ports.

Examples:
  $ mrdian serve
      The sample directory on the default ports, state in ./data/mrdian.db.

  $ mrdian serve --directory agents.yaml --data /var/lib/mrdian/state.db
      Your own users, teams and media. To check the file without starting:
      mrdian check-directory agents.yaml
      SIGHUP or mrdian reload reads it again while the server runs.

  $ MRDIAN_REST_PORT=0 MRDIAN_XMPP_PORT=0 mrdian serve --http-bind-port off \\
      --data :memory: --log-format json
      For a test: free ports, printed in the line "in service"; keeps nothing.

  $ mrdian serve --tls self-signed
      Also over TLS: REST at 8445, BOSH and WebSocket at 7443, XMPP at 5223.

  $ mrdian serve --inspect
      The state machines at work, at http://127.0.0.1:8082/inspect/ for
      administrators. --inspect=stately adds a page that sends what it sees to
      the Stately Inspector: agent data leaves the machine then.

  $ mrdian serve --side-b
      A second side for failover: REST at 18082, XMPP at 15222, and so on.

  $ mrdian serve --standby --side-b --domain a.example --domain-b b.example \\
      --serves A --data postgres://db1,db2/mrdian
      One of a pair that serves a side each. The other one: --serves B.

  $ MRDIAN_DATA=postgres://mrdian:PASSWORD@db1,db2,db3/mrdian mrdian serve
      State in PostgreSQL with synchronous replication. The variable hides the
      password from ps, which shows flags to everybody on the machine. It may
      also be in PGPASSWORD. Needs the package postgres.

  $ mrdian serve --virtual-time
      Time stands still until a test moves it:
      curl -u admin -H 'Content-Type: application/json' \\
        -d '{"advanceMs":30000}' http://127.0.0.1:8082/acd/clock

Exit codes: 0 stopped by SIGTERM or SIGINT; 1 it could not start, or failed
because of a bug; 3 it lost its data file (removed, moved, replaced, linked, or
opened by another server) or another process took its database over, and it
confirmed nothing from then on; 130, 143 a second
signal.
`

/** Adds the command to a program. `run` is called with the options of the command line. */
export function addServeCommand(program: Command, run: (options: ServeOptions) => Promise<void>): void {
  const chosen = initialOptions()
  const given = new Set<keyof Chosen>()
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
      given.add(key)
      return text
    })
    if (alone !== undefined) option.preset(alone)
    command.addOption(standard === undefined ? option : option.default(standard))
  }

  command.optionsGroup('Directory and data:')
  const directoryHelp = 'YAML file with users, teams and media (default: the sample directory)'
  flag('directory', ['--directory', 'file'], directoryHelp, textOf)
  flag(
    'confirmRemovals',
    ['--confirm-removals', 'on|off', 'on'],
    'start even if the directory removes many users of the data file',
    switchOf,
    'off',
  )
  flag(
    'removalLimit',
    ['--removal-limit', 'share,users'],
    'a start or reload that removes more than this share and this number of users must be confirmed',
    removalLimitOf,
    '10%,2',
  )
  const dataHelp = 'file for all state, or postgres://HOST,HOST/DATABASE; :memory: keeps nothing'
  flag('data', ['--data', 'file|url'], dataHelp, textOf, DEFAULTS.data)
  const olderHelp = 'start even if the data file lacks confirmed changes: an older copy, or a log without its end'
  flag('acceptOlderData', ['--accept-older-data', 'on|off', 'on'], olderHelp, switchOf, 'off')
  const unreplicatedHelp = 'start even if PostgreSQL confirms a change before a second machine has it'
  flag('acceptUnreplicated', ['--accept-unreplicated', 'on|off', 'on'], unreplicatedHelp, switchOf, 'off')
  const standbyHelp =
    'while another server has the database, follow it, pass requests on, and take over when that one has ended'
  flag('standby', ['--standby', 'on|off', 'on'], standbyHelp, switchOf, 'off')
  const keyHelp =
    'key of the passwords that were right lately; the same file on both machines of a pair (default: beside the data file)'
  flag('verifiedKey', ['--verified-key', 'file'], keyHelp, textOf)
  flag(
    'journalRetention',
    ['--journal-retention', 'span'],
    'how long the past is kept, for explain and replay: 12h, 30d, forever',
    spanOf,
    '30d',
  )
  flag(
    'customerDataRetention',
    ['--customer-data-retention', 'span'],
    "how long a customer's values are kept after the contact: 24h, 7d; forever: as long as the journal",
    spanOf,
    'forever',
  )
  command.optionsGroup('Addresses and ports:')
  flag('host', ['--host', 'address'], 'address on which all surfaces listen', textOf, DEFAULTS.host)
  flag('domain', ['--domain', 'name'], 'XMPP domain, and the host name in SystemInfo', domainOf, DEFAULTS.domain)
  for (const { key, flag: name, help } of SURFACES) flag(key, [name, 'port'], help, portOf, String(DEFAULTS[key]))
  const advertiseHelp =
    'where the standby of a database reaches this server: http://db1.example.com:8082 (default: where it listens)'
  flag('advertise', ['--advertise', 'url'], advertiseHelp, originOf)
  const tlsHelp = 'certificate and key, PEM, read again when they change; or self-signed, for local use'
  flag('tls', ['--tls', 'cert,key'], tlsHelp, certificateOf)
  command.optionsGroup('Limits of connections, for all surfaces together:')
  const pendingHelp =
    'most connections without a session; the oldest is closed (default: 5000 or two per user; less if few files may be open)'
  flag('pendingConnections', ['--pending-connections', 'number'], pendingHelp, countOf)
  const perAddressHelp =
    'most of these from one IPv4 address or IPv6 /64 (default: a fifth; no limit for loopback addresses)'
  flag('pendingPerAddress', ['--pending-per-address', 'number'], perAddressHelp, countOf)
  const signInHelp = 'longest time until there is a session: a REST request with a password, or a bound XMPP stream'
  flag('signInTime', ['--sign-in-time', 'span'], signInHelp, shortSpanOf, '30s')
  const proxiesHelp = 'proxies, as 10.0.0.5,10.1.0.0/16, whose X-Forwarded-For or Forwarded header is trusted'
  flag('trustedProxies', ['--trusted-proxies', 'addresses'], proxiesHelp, proxiesOf)
  command.optionsGroup('Second side:')
  flag('sideB', ['--side-b', 'on|off', 'on'], 'run side B too, with its own listeners', switchOf, 'off')
  flag('domainB', ['--domain-b', 'name'], 'its XMPP domain, and its host name in SystemInfo', domainOf, DOMAIN_B)
  const servesHelp =
    'of a pair on one database, serve this side only; the other server serves the other one. Ports without -b are those of this side'
  flag('serves', ['--serves', 'A|B'], servesHelp, oneOf(SIDES))
  const higher = `default: the port of side A plus ${SIDE_B_OFFSET}`
  for (const [index, [, key]] of SIDE_B_KEYS.entries()) {
    const { flag: name = '--rest-port', name: surface = '' } = SURFACES[index] ?? {}
    flag(key, [`${name}-b`, 'port'], `${surface} of side B (${higher})`, portOf)
  }
  command.optionsGroup('Permissions:')
  const corsHelp = 'pages that may use REST, BOSH and WebSocket: enable_all, disable, or a list of origins'
  flag('cors', ['--cors', 'mode'], corsHelp, corsOf, 'enable_all')
  flag('corsHeaders', ['--cors-headers', 'names'], 'more headers that these pages may use', headersOf)
  const subscriptionHelp = 'on: users may subscribe only to nodes that concern them; off: to every node'
  flag('authorizeSubscriptions', ['--authorize-subscriptions', 'on|off'], subscriptionHelp, switchOf, 'on')
  const feedHelp = 'take tasks as XML at /ccp/task/feed/ID; everybody who reaches the REST port may submit some'
  flag('taskFeed', ['--task-feed', 'on|off', 'on'], feedHelp, switchOf, 'off')
  command.optionsGroup('Single sign-on (users have access tokens, administrators passwords):')
  const ssoHelp = 'hybrid: users may use tokens or passwords; on: only tokens; off: only passwords'
  flag('sso', ['--sso', 'mode'], ssoHelp, oneOf(['off', 'hybrid', 'on']), 'off')
  const issuerHelp = 'issuer (iss) of the tokens; local: this server, at /desktop/sso/token on the REST ports'
  flag('ssoIssuer', ['--sso-issuer', 'name'], issuerHelp, textOf, LOCAL_ISSUER)
  flag('ssoAudience', ['--sso-audience', 'name'], 'audience (aud) of the tokens', textOf)
  const keysHelp = "the issuer's public keys (JSON Web Key Set): an https URL, or a file; read again when they change"
  flag('ssoKeys', ['--sso-keys', 'url|file'], keysHelp, textOf)
  const claimHelp = 'claim of the token with the id or login name of the user (default: sub)'
  flag('ssoUserClaim', ['--sso-user-claim', 'name'], claimHelp, textOf)
  const skewHelp = 'how far the clocks of issuer and server may differ, at most 10m (default: 30s)'
  flag('ssoClockSkew', ['--sso-clock-skew', 'span'], skewHelp, shortSpanOf)
  command.optionsGroup('Notifications through an external XMPP server (mrdian xmpp-setup --help):')
  const serviceHelp = 'the server, as xmpp://host:5222; mrdian then has no XMPP listener of its own'
  flag('xmppService', ['--xmpp-service', 'url'], serviceHelp, xmppServiceOf)
  flag('xmppUser', ['--xmpp-user', 'name'], 'account of mrdian on that server', textOf, DEFAULTS.xmppUser)
  const passwordHelp = 'its password; the variable is safer, because everybody on the machine can see flags'
  flag('xmppPassword', ['--xmpp-password', 'text'], passwordHelp, textOf)
  flag('xmppPasswordFile', ['--xmpp-password-file', 'file'], 'or a file whose only line is the password', textOf)
  command.optionsGroup('Board:')
  const boardHelp = 'live board of agents and media at /inspect/board, for supervisors (default: on with --inspect)'
  flag('board', ['--board', 'on|off', 'on'], boardHelp, switchOf)
  command.optionsGroup('Time:')
  const timeHelp = 'time stands still until POST /acd/clock moves it; --data is :memory: unless given'
  flag('virtualTime', ['--virtual-time', 'on|off', 'on'], timeHelp, switchOf, 'off')
  flag('start', ['--start', 'time'], 'where virtual time begins (default: 2026-01-05T08:00Z, a Monday)', timeOf)
  command.optionsGroup('Stop:')
  const stopHelp =
    'longest time from the first SIGTERM or SIGINT to the end: 5s, 1m, forever. A second signal ends it at once'
  flag('stopWithin', ['--stop-within', 'span'], stopHelp, shortSpanOrForever, '20s')
  command.optionsGroup('Inspector:')
  const inspectHelp = 'show the state machines at /inspect/; stately adds a page for the Stately Inspector (stately.ai)'
  flag('inspect', ['--inspect', 'on|off|stately', 'on'], inspectHelp, inspectOf, 'off')
  const personalHelp = 'show names, numbers and values of call variables there'
  flag('inspectPersonal', ['--inspect-personal', 'on|off', 'on'], personalHelp, switchOf, 'off')
  const remoteHelp = 'allow --inspect with a --host that other machines reach'
  flag('inspectRemote', ['--inspect-remote', 'on|off', 'on'], remoteHelp, switchOf, 'off')
  command.optionsGroup('Health and metrics:')
  const listenHelp = 'serve /health and /metrics here and not on the REST ports; a port alone is on 127.0.0.1'
  flag('metricsListen', ['--metrics-listen', 'host:port'], listenHelp, addressOf)
  const tokenHelp = `file with the token that both require as Authorization: Bearer; or set ${TOKEN_VARIABLE}`
  flag('metricsTokenFile', ['--metrics-token-file', 'file'], tokenHelp, textOf)
  command.optionsGroup('Log:')
  flag('logLevel', ['--log-level', 'level'], LOG_LEVELS.join(', '), oneOf(LOG_LEVELS), 'info')
  const formatHelp = 'pretty, json, or auto: pretty on a terminal'
  flag('logFormat', ['--log-format', 'format'], formatHelp, oneOf(LOG_FORMATS), 'auto')

  command.optionsGroup('Other:').helpOption('-h, --help', 'this text')
  command.addHelpText('after', EXAMPLES).action(async () => {
    const problem = conflictOf(chosen, given)
    if (problem !== undefined) command.error(`error: ${problem}`)
    const { corsHeaders, inspectRemote: _, sideB: __, domainB: ___, sso: ____, ...rest } = chosen
    const sso = ssoOf(chosen)
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
      ...(sso === undefined ? {} : { sso }),
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
