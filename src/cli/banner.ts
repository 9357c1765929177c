/** The text that a start prints: the address of each surface, and commands to try first. */
import type { Logger } from 'pino'
import { BOARD_PATH } from '../inspect/board/index.ts'
import { urlHost } from './address.ts'
import type { RunningServer } from './server-options.ts'
import { version } from './version.ts'

/** One line of the banner: a surface, the directory, the data file and so on. */
export interface BannerLine {
  readonly name: string
  readonly value: string
}

export interface Banner {
  /** `in service`, or `out of service: ` and the reason. */
  readonly status: string
  readonly lines: readonly BannerLine[]
  /** Commands that work as pasted. */
  readonly commands: readonly string[]
}

export function bannerOf(server: RunningServer, data: string): Banner {
  const host = urlHost(server.host)
  const { xmppService } = server
  const { metrics: address } = server
  const metricsAt = address && `http://${urlHost(address.host)}:${address.port}`
  const [first, base] = linesOfSide(host, server, xmppService, metricsAt)
  const atB = metricsAt === undefined ? undefined : ''
  const [second] = server.sideB ? linesOfSide(host, server.sideB, xmppService, atB) : [[]]
  const lines = [
    ...first,
    { name: 'inspector', value: base && inspectorAt(base, server.inspect) },
    { name: 'board', value: server.board && base && `${base}${BOARD_PATH}` },
    ...second.map(({ name, value }) => ({ name: `side B: ${name}`, value })),
    { name: 'directory', value: describeDirectory(server) },
    { name: 'data', value: data },
    { name: 'time', value: server.virtualTime && describeTime(server.virtualTime.now()) },
  ].flatMap(({ name, value }) => (value ? [{ name, value }] : []))
  return { status: statusOf(server), lines, commands: base === undefined ? [] : commandsFor(server, base) }
}

/**
 * The lines of the surfaces of a side, and the base URL of its REST port. `metricsAt` is the URL of health and metrics
 * if they are not on the REST port; `''` leaves out their line.
 */
function linesOfSide(
  host: string,
  { ports, notifications }: Pick<RunningServer, 'ports' | 'notifications'>,
  xmppService: string | undefined,
  metricsAt?: string,
): readonly [readonly { readonly name: string; readonly value: string | undefined }[], string | undefined] {
  const { rest, restTls, httpBind, httpBindTls, xmpp, xmppTls } = ports
  const urls = (scheme: string, ports: readonly (number | undefined)[], path = '') =>
    ports.flatMap((port) => (port === undefined ? [] : [`${scheme}://${host}:${port}${path}`]))
  const [base] = [...urls('http', [rest]), ...urls('https', [restTls])]
  const api = [...urls('http', [rest], '/finesse/api/'), ...urls('https', [restTls], '/finesse/api/')]
  const sockets = [...urls('ws', [httpBind, rest], '/ws'), ...urls('wss', [httpBindTls, restTls], '/ws')]
  const bosh = [...urls('http', [httpBind, rest], '/http-bind'), ...urls('https', [httpBindTls, restTls], '/http-bind')]
  const streams = [...urls('xmpp', [xmpp]), ...urls('xmpps', [xmppTls])]
  const watchedAt = metricsAt === undefined ? base : metricsAt
  const lines = [
    { name: 'REST', value: api.join(' and ') },
    { name: 'BOSH', value: xmppService === undefined ? bosh.join(' and ') : undefined },
    { name: 'WebSocket', value: xmppService === undefined ? sockets.join(' and ') : undefined },
    { name: 'XMPP', value: xmppService ?? streams.join(' and ') },
    { name: 'ACD control', value: base && `${base}/acd/` },
    { name: 'health, metrics', value: watchedAt && `${watchedAt}/health and ${watchedAt}/metrics` },
    { name: 'XMPP domain', value: notifications.domain },
  ]
  return [lines, base]
}

function statusOf({ engine, side }: RunningServer): string {
  const { status, statusReason } = engine.get.system(side)
  return status === 'IN_SERVICE' ? 'in service' : `out of service: ${statusReason}`
}

function inspectorAt(base: string, inspect: RunningServer['inspect']): string | undefined {
  if (inspect === undefined) return undefined
  const stately = ` and ${base}/inspect/stately (agent data leaves this machine)`
  return `${base}/inspect/${inspect === 'stately' ? stately : ''}`
}

function describeDirectory({ engine, directory: { source, administrators } }: RunningServer): string {
  const users = engine.get.directory().users.length
  if (source === 'sample')
    return `the sample, ${users} users and the administrator admin; everybody's password is secret`
  return `${source}, ${users} users, administrators: ${administrators.join(', ') || 'none'}`
}

function describeTime(now: number): string {
  return `virtual: it is ${new Date(now).toISOString()} until POST /acd/clock`
}

/** Commands to try first. They contain the password of the sample directory; for others curl asks for it. */
function commandsFor(
  { engine, directory: { source, administrators } }: RunningServer,
  base: string,
): readonly string[] {
  const password = source === 'sample' ? ':secret' : ''
  const { users, mediaRoutingDomains } = engine.get.directory()
  // The certificate may be self-signed, and curl does not trust such a certificate.
  const curl = base.startsWith('https:') ? 'curl -k' : 'curl'
  const commands = [`${curl} ${base}/finesse/api/SystemInfo`]
  const user = users.find(({ id }) => id === '1001') ?? users[0]
  const extension = user?.extensions[0]
  if (user && extension !== undefined) {
    const body = `<User><state>LOGIN</state><extension>${extension}</extension></User>`
    const header = `-H 'Content-Type: application/xml'`
    commands.push(
      `${curl} -i -u ${user.id}${password} -X PUT ${header} -d '${body}' ${base}/finesse/api/User/${user.id}`,
    )
  }
  const [administrator] = administrators
  const selector = mediaRoutingDomains.flatMap(({ scriptSelectors }) => scriptSelectors)[0]
  if (administrator !== undefined && selector !== undefined) {
    const body = JSON.stringify({ scriptSelector: selector })
    commands.push(
      `${curl} -u ${administrator}${password} -H 'Content-Type: application/json' -d '${body}' ${base}/acd/tasks`,
    )
  }
  return commands.map(asPrintable)
}

/** Replaces unusual characters, because people paste the command. Ids and selectors should not contain any. */
function asPrintable(command: string): string {
  return command.replaceAll(/[^\x20-\x7e]/g, '?')
}

/** The banner as text. */
export function bannerText({ status, lines, commands }: Banner): string {
  const width = Math.max(...lines.map(({ name }) => name.length))
  const surfaces = lines.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`)
  const tries = commands.length === 0 ? [] : ['', 'Try first:', ...commands.map((command) => `  ${command}`)]
  return ['', `mrdian ${version()} is ${status}`, '', ...surfaces, ...tries, '', ''].join('\n')
}

/** The banner as one log line, at every level but `silent`. */
export function logBanner(logger: Logger, server: RunningServer, { status, lines, commands }: Banner): void {
  if (logger.level === 'silent') return
  const surfaces = Object.fromEntries(lines.map(({ name, value }) => [name, value]))
  const { ports } = server
  logger.child({}, { level: 'info' }).info({ version: version(), ports, surfaces, try: commands }, status)
}
