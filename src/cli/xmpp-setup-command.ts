/** `mrdian xmpp-setup` and `mrdian extauth`: they let Prosody or ejabberd be the notification service. */
import http from 'node:http'
import https from 'node:https'
import { resolve } from 'node:path'
import { Argument, type Command } from '../bundled/commander.ts'
import { answerExtauth } from '../xmpp/external/extauth.ts'
import { SERVERS, type ServerKind, writeServerFiles } from '../xmpp/external/files.ts'
import { ACCOUNT_CHECK, DEFAULTS } from './defaults.ts'
import { domainOf, portOf, textOf } from './option-values.ts'
import { StartFailure } from './start-failure.ts'

interface SetupOptions {
  readonly out: string
  readonly domain: string
  readonly host: string
  readonly port: number | 'off'
  readonly httpPort: number | 'off'
  readonly user: string
  readonly mrdian: string
}

/** Time limit for an answer in milliseconds. ejabberd waits longer. */
const PATIENCE = 20_000
const BASE = 'http://127.0.0.1:8082'

async function setUp(kind: ServerKind, options: SetupOptions, print: (text: string) => void): Promise<void> {
  const { domain, host, port, httpPort, user } = options
  if (port === 'off' || httpPort === 'off' || port === 0 || httpPort === 0)
    throw new StartFailure('the server needs fixed ports: give --port and --http-port as numbers above 0')
  const folder = resolve(options.out)
  const accounts = checkAt(options.mrdian)
  const files = await writeServerFiles(kind, {
    folder,
    domain,
    host,
    port,
    httpPort,
    user,
    accounts,
    authenticate: `${process.execPath} ${resolve(process.argv[1] ?? 'mrdian')} extauth ${options.mrdian}`,
  })
  print([...files.map((file) => `wrote ${file}`), '', ...nextSteps(kind, folder, options)].join('\n'))
}

function nextSteps(kind: ServerKind, folder: string, options: SetupOptions): readonly string[] {
  const { domain, port, user, mrdian } = options
  const restPort = new URL(mrdian).port
  const flags = [
    `--xmpp-service xmpp://127.0.0.1:${port} --domain ${domain}`,
    ...(user === DEFAULTS.xmppUser ? [] : [`--xmpp-user ${user}`]),
    ...(mrdian.startsWith('http:') && restPort !== new URL(BASE).port ? [`--rest-port ${restPort || 80}`] : []),
  ]
  const serve = [
    '  export MRDIAN_XMPP_PASSWORD=$(head -c 24 /dev/urandom | base64)    # the server asks mrdian for it',
    `  mrdian serve ${flags.join(' ')}`,
  ]
  const own = `  chown -R ${kind} ${folder}    # as root, in another terminal`
  if (kind === 'prosody')
    return ['Then:', ...serve, own, `  runuser -u prosody -- prosody --config ${folder}/prosody.cfg.lua`]
  return [
    'Then:',
    ...serve,
    own,
    `  ejabberdctl --ctl-config ${folder}/ejabberdctl.cfg foreground`,
    `  ${folder}/shared-roster.sh    # once, while it runs, as root`,
  ]
}

/** The URL of the account check below `base`. Throws `StartFailure` if `base` is not an http or https URL. */
function checkAt(base: string): string {
  if (!/^https?:$/.test(URL.canParse(base) ? new URL(base).protocol : ''))
    throw new StartFailure(`mrdian is named as in ${BASE}, not as in ${base}`)
  return new URL(ACCOUNT_CHECK, base).href
}

/**
 * Asks a running server whether a password is right; false if it cannot be asked. Each request has its own connection.
 * A kept connection would break when the server restarts, and then a right password would be refused.
 */
function ask(url: string, name: string, password: string): Promise<boolean> {
  const { get } = url.startsWith('https:') ? https : http
  const options = { auth: `${name}:${password}`, agent: false, timeout: PATIENCE }
  return new Promise((resolve) => {
    const request = get(url, options, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 204)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
    request.on('close', () => resolve(false))
  })
}

export function addXmppSetupCommand(program: Command, print: (text: string) => void): void {
  program
    .command('xmpp-setup')
    .addArgument(new Argument('<server>', 'the XMPP server').choices(SERVERS))
    .description('Write a configuration that makes Prosody or ejabberd the notification service.')
    .requiredOption('--out <folder>', 'folder for the files; older files are replaced', textOf)
    .option('--domain <name>', 'XMPP domain', domainOf, DEFAULTS.domain)
    .option('--host <address>', 'address at which clients reach the server', textOf, DEFAULTS.host)
    .option('--port <port>', 'XMPP over TCP', portOf, 5222)
    .option('--http-port <port>', 'BOSH and WebSocket', portOf, 7071)
    .option('--user <name>', 'account of mrdian', textOf, DEFAULTS.xmppUser)
    .option('--mrdian <url>', 'REST port of mrdian, where the server asks for passwords', textOf, BASE)
    .addHelpText(
      'after',
      `
The XMPP server checks passwords by asking mrdian, so the accounts and lock-outs
of the directory apply. The XMPP server needs no change when users are added or
removed.

Example:
  $ mrdian xmpp-setup prosody --out /var/lib/mrdian-xmpp
`,
    )
    .action((kind: ServerKind, options: SetupOptions) => setUp(kind, options, print))
  program
    .command('extauth')
    .argument('<url>', 'REST port of mrdian')
    .description('Check passwords for ejabberd, over standard input and output (extauth_program).')
    .action(async (base: string) => {
      const url = checkAt(base)
      await answerExtauth(process.stdin, process.stdout, (name, password) => ask(url, name, password))
    })
}
