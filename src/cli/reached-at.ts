/** Where the other one of a pair reaches this server: the address in the lease of a store in PostgreSQL. */
import { hostname } from 'node:os'
import { isPostgresUrl } from '../store/postgres/address.ts'
import { urlHost } from './address.ts'
import { isAnyAddress } from './certificate.ts'
import { DEFAULTS } from './defaults.ts'
import type { ServerOptions } from './server-options.ts'
import type { ServerPorts } from './side.ts'

/** The base URL: as `advertise` says, else the host and the REST port on which the server listens. */
export function reachedAt({ advertise, host }: ServerOptions, { rest, restTls }: ServerPorts): string | undefined {
  if (advertise !== undefined) return new URL(advertise).origin
  const name = urlHost(hostToReach(host))
  if (rest !== undefined) return `http://${name}:${rest}`
  return restTls === undefined ? undefined : `https://${name}:${restTls}`
}

/** The host name by which the other one asks, if it may differ from the names that clients use. */
export function namesForOther({ advertise, data, host }: ServerOptions): readonly string[] {
  if (advertise !== undefined) return [new URL(advertise).hostname]
  return typeof data === 'string' && isPostgresUrl(data) ? [hostToReach(host)] : []
}

const hostToReach = (host = DEFAULTS.host): string => (isAnyAddress(host) ? hostname() : host)
