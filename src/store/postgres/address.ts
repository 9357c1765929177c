/** The address of a PostgreSQL store: a url with one or several servers. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'

/** One server of an address. */
export interface Host {
  /** Name or address of the machine, or the directory of a Unix socket. */
  readonly host: string
  readonly port: number
}

export type Tls = 'disable' | 'prefer' | 'require' | 'verify-full'

export interface Address {
  readonly hosts: readonly Host[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string
  readonly tls: Tls
  /** The address without its password, for messages and logs. */
  readonly shown: string
}

const SCHEME = /^postgres(?:ql)?:\/\//
const DIGITS = /^\d+$/
const PORT = 5432

/** `verify-ca` of other programs is not there: a certificate that is checked must also have the name. */
const TLS: Readonly<Record<string, Tls>> = {
  disable: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-full': 'verify-full',
}

/** Whether a name of data means PostgreSQL, and not a file. */
export const isPostgresUrl = (text: string): boolean => SCHEME.test(text)

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?sslmode=MODE`. Special characters are percent-encoded.
 * `host=DIRECTORY` as a parameter is a Unix socket; `port` names another one than 5432 there. `target_session_attrs` is accepted and means nothing: a store always
 * looks for the server that takes changes.
 *
 * @throws InvalidArgument, whose message does not quote the url.
 */
export function readAddress(url: string): Address {
  const [scheme] = SCHEME.exec(url) ?? []
  if (scheme === undefined) throw invalid('it is not like postgres://USER@HOST:PORT/DATABASE')
  const [place, query] = cut(url.slice(scheme.length), '?')
  const [server, path] = cut(place, '/')
  const at = server.indexOf('@')
  const [account, where] = at < 0 ? ['', server] : [server.slice(0, at), server.slice(at + 1)]
  // The rest is shown in messages: a part of the password must not get there.
  if ([where, path, query].some((part) => part.includes('@'))) throw notEncoded()
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys())
    if (!['sslmode', 'host', 'port', 'target_session_attrs'].includes(name))
      throw invalid(`it has the unknown parameter ${name}`)
  const colon = account.indexOf(':')
  const user = decoded(colon < 0 ? account : account.slice(0, colon))
  const password = colon < 0 ? undefined : decoded(account.slice(colon + 1))
  const hosts = (parameters.get('host') ?? where).split(',').map((host) => hostOf(host, parameters.get('port')))
  const mode = parameters.get('sslmode') ?? 'prefer'
  const tls = Object.hasOwn(TLS, mode) ? TLS[mode] : undefined
  if (tls === undefined) throw invalid(`sslmode is one of ${Object.keys(TLS).join(', ')}`)
  const database = decoded(path) || user
  if (!database) throw invalid('it names no database')
  const shownHosts = hosts.map(({ host, port }) => (port === PORT ? host : `${host}:${port}`)).join(',')
  return {
    ...{ hosts, database, tls, user: user || undefined, password },
    shown: `postgres://${shownHosts}/${database}`,
  }
}

/** `given`: the port of a host that names none. */
function hostOf(text: string, given: string | null): Host {
  if (text.startsWith('/')) return { host: text, port: portOf(given) }
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1
  const host = bracket < 0 ? cut(text, ':')[0] : text.slice(1, bracket)
  const rest = text.slice(bracket < 0 ? host.length : bracket + 1)
  const port = rest.slice(1)
  if (rest !== '' && !(rest.startsWith(':') && DIGITS.test(port)))
    throw invalid('a host is a name or an address, with or without a port')
  return { host: host || 'localhost', port: portOf(rest === '' ? given : port) }
}

function portOf(text: string | null): number {
  const port = text === null ? PORT : Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw invalid('a port is a number from 1 to 65535')
}

/** What is before a character, and what follows it. */
function cut(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw notEncoded()
  }
}

const invalid = (why: string) => new InvalidArgument(`the url of the store cannot be used: ${why}`)

const notEncoded = () => invalid('a special character in it is not percent-encoded')
