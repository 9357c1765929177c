/** Parsers for the values of flags and environment variables. They throw `InvalidArgumentError` for a wrong value. */
import { InvalidArgumentError } from '../bundled/commander.ts'
import type { RemovalLimit } from '../directory/index.ts'
import type { CorsMode } from '../rest/index.ts'
import { Proxies, ProxyError } from '../sockets/index.ts'
import { readTime } from '../times/index.ts'
import type { CertificateFiles } from '../tls/index.ts'
import type { Port } from './defaults.ts'
import type { InspectPages } from './inspect-surface.ts'
import type { Address } from './monitoring.ts'

const MAX_PORT = 65_535
/** As in Finesse (`notifications 1`). */
const MAX_ORIGINS = 4000
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*$/i

function refuse(message: string): never {
  throw new InvalidArgumentError(message)
}

/** A port number, 0 for a free port, or `off`. */
export function portOf(text: string): Port {
  if (text === 'off') return 'off'
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= MAX_PORT ? port : refuse(`A port is a number from 0 (a free one) to ${MAX_PORT}, or off.`)
}

/** The port of pages that a command serves. */
export function pagePort(text: string): number {
  const port = portOf(text)
  return port === 'off' ? refuse('The pages need a port.') : port
}

/** `HOST:PORT`, `[::1]:PORT`, or a port alone, which means 127.0.0.1. */
export function addressOf(text: string): Address {
  const [, bracketed, plain, digits = ''] = /^(?:\[([\da-f:.]+)\]:|([^\s:[\]]+):)?(\d{1,5})$/i.exec(text) ?? []
  const port = digits === '' ? Number.NaN : Number(digits)
  return port <= MAX_PORT
    ? { host: bracketed ?? plain ?? '127.0.0.1', port }
    : refuse('An address looks like 127.0.0.1:9090, [::1]:9090, or 9090 alone.')
}

/** The name of a file, or an address. */
export function textOf(text: string): string {
  return text.trim() === '' ? refuse('It is empty.') : text
}

export function domainOf(text: string): string {
  return DOMAIN.test(text) ? text.toLowerCase() : refuse('A domain looks like localhost or contact.example.com.')
}

/** `CERT,KEY` (the names of two files), or `self-signed`. */
export function certificateOf(text: string): 'self-signed' | CertificateFiles {
  if (text === 'self-signed') return text
  const [cert = '', key = '', ...more] = text.split(',').map((name) => name.trim())
  return cert !== '' && key !== '' && more.length === 0
    ? { cert, key }
    : refuse('Give two files, CERT,KEY, or self-signed.')
}

/** Address of an XMPP server. */
export function xmppServiceOf(text: string): string {
  const isAddress = URL.canParse(text) && /^(?:xmpps?|wss?):\/\/[^/]/.test(text)
  return isAddress ? text : refuse('An XMPP server is named as in xmpp://host:5222 or xmpps://host:5223.')
}

/** URL of a server's REST port, without a path. */
export function baseOf(text: string): URL {
  const isAddress = URL.canParse(text) && /^https?:\/\/[^/]/.test(text)
  return isAddress ? new URL('/', text) : refuse('A server is named as in http://127.0.0.1:8082.')
}

/** The origin of a server: an http or https URL without a path. */
export function originOf(text: string): string {
  const url = URL.canParse(text) && /^https?:\/\/[^/]/.test(text) ? new URL(text) : undefined
  return url !== undefined && `${url.origin}/` === url.href
    ? url.origin
    : refuse('An address looks like http://db1.example.com:8082, without a path.')
}

/** `enable_all`, `disable`, or origins separated by commas. */
export function corsOf(text: string): CorsMode {
  if (text === 'enable_all' || text === 'disable') return text
  const origins = text.split(',').map((origin) => origin.trim())
  if (text.length > MAX_ORIGINS) refuse(`The list has more than ${MAX_ORIGINS} characters.`)
  if (!origins.every(isOrigin))
    refuse('Possible are enable_all, disable, or origins such as https://desk.example.com, separated by commas.')
  return { allow: origins }
}

/** Names of HTTP headers, separated by commas. */
export function headersOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (text.length > MAX_ORIGINS || !names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name)))
    refuse('Names of headers look like X-Trace-Id, separated by commas.')
  return names
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** The pages of the inspector; `undefined` for `off`. */
export function inspectOf(text: string): InspectPages | undefined {
  const word = oneOf(['on', 'off', 'stately'])(text)
  if (word === 'off') return undefined
  return word === 'on' ? 'viewer' : word
}

/** `10%,2`: a share of the users and a number of users. */
export function removalLimitOf(text: string): RemovalLimit {
  const [, percent = '', users = ''] = /^(\d{1,3})%,(\d{1,6})$/.exec(text) ?? []
  return percent !== '' && Number(percent) <= 100
    ? { share: Number(percent) / 100, users: Number(users) }
    : refuse('A limit is a share of the users and a number of them, as in 10%,2; 100%,0 is no limit.')
}

export function switchOf(text: string): boolean {
  return oneOf(['on', 'off'])(text) === 'on'
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A span of time such as `90s`, `12h` or `30d`, in milliseconds; `forever` is `Infinity`. */
export function spanOf(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY
  const [, number = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const factor = Object.entries(UNITS).find(([name]) => name === unit)?.[1]
  return factor === undefined
    ? refuse('A span of time looks like 90s, 12h or 30d, or is forever.')
    : Number(number) * factor
}

const DAY = 86_400_000

/** A span of at least a second and at most a day, in milliseconds. */
export function shortSpanOf(text: string): number {
  const span = spanOf(text)
  return span >= 1000 && span <= DAY ? span : refuse('Possible are 1s to 1d.')
}

/** The same, or `forever`, which is `Infinity`. Longer spans are refused: Node's timers cannot run for a month. */
export function shortSpanOrForever(text: string): number {
  return text === 'forever' ? Number.POSITIVE_INFINITY : shortSpanOf(text)
}

/** A whole number from 1 to 9999999. */
export function countOf(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
  return count > 0 ? count : refuse('A number from 1 to 9999999.')
}

/** Addresses and networks of proxies, separated by commas. */
export function proxiesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  try {
    new Proxies(names)
    return names
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error
    return refuse(`${error.message}.`)
  }
}

/** A time as `readTime` takes it, in milliseconds since 1970 UTC. */
export function timeOf(text: string): number {
  try {
    return readTime(text, { now: Date.now() })
  } catch (error) {
    return refuse(error instanceof Error ? `${error.message}.` : String(error))
  }
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => words.find((word) => word === text) ?? refuse(`Possible are ${words.join(', ')}.`)
}

/** The http or https URL of a server, unchanged. */
export function urlOf(text: string): string {
  return URL.canParse(text) && /^https?:/.test(text) ? text : refuse('An address looks like http://127.0.0.1:8082.')
}
