/** Checks flags of `mrdian serve` that exclude or need each other. */
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { isPostgresUrl, readAddress } from '../store/postgres/address.ts'
import { DOMAIN_B, type Port, SURFACES, surfacePorts, surfacePortsB } from './defaults.ts'
import { type Chosen, LOCAL_ISSUER, SIDE_B_KEYS, SSO_FLAGS, sideBOf, TOKEN_VARIABLE } from './serve-options.ts'
import { isLoopback } from './warnings.ts'

/** The problem of a combination of flags; `undefined` if there is none. `given`: the flags of the command line. */
export function conflictOf(chosen: Chosen, given: ReadonlySet<keyof Chosen>): string | undefined {
  if (chosen.start !== undefined && !chosen.virtualTime)
    return '--start is the start of virtual time: give --virtual-time as well'
  if (chosen.metricsTokenFile !== undefined && process.env[TOKEN_VARIABLE] !== undefined)
    return `${TOKEN_VARIABLE} and --metrics-token-file are two tokens: give only one`
  const data = conflictOfData(chosen)
  if (data !== undefined) return data
  const sso = conflictOfSso(chosen, given)
  if (sso !== undefined) return sso
  const outside = conflictOutside(chosen)
  if (outside !== undefined) return outside
  if (chosen.inspect !== undefined && !isLoopback(chosen.host) && !chosen.inspectRemote)
    return `--inspect shows every agent, and other machines can reach ${chosen.host}: add --inspect-remote to allow that`
  const hasCertificate = chosen.tls !== undefined
  const page = chosen.board ? '--board' : chosen.inspect && '--inspect'
  if (page && chosen.restPort === 'off' && (!hasCertificate || chosen.restTlsPort === 'off'))
    return `${page} is served on the REST port, but that port is off`
  const unsafe = SURFACES.find(({ key, tls }) => tls && !hasCertificate && given.has(key) && chosen[key] !== 'off')
  if (unsafe !== undefined) return `${unsafe.flag} needs a certificate: give --tls CERT,KEY or --tls self-signed`
  const ports = surfacePorts(chosen, hasCertificate)
  if (SURFACES.every(({ key }) => ports[key] === 'off')) return 'every surface is off: nobody could reach the server'
  const second = sideBOf(chosen)
  if (second === undefined && [...given].some((key) => key === 'domainB' || SIDE_B_KEYS.some(([, own]) => own === key)))
    return 'there is no side B: give --side-b as well'
  const pair = conflictOfPair(chosen, given)
  if (pair !== undefined) return pair
  const portsB = second && chosen.serves === undefined ? surfacePortsB(second, ports, hasCertificate) : undefined
  if (second && (chosen.domainB ?? DOMAIN_B) === chosen.domain) return '--domain and --domain-b are the same'
  const { metricsListen } = chosen
  const taken = SURFACES.flatMap(({ key, flag }): { readonly flag: string; readonly port: Port }[] => [
    { flag, port: ports[key] },
    ...(portsB ? [{ flag: `${flag}-b`, port: portsB[key] }] : []),
  ])
  if (metricsListen?.host === chosen.host) taken.push({ flag: '--metrics-listen', port: metricsListen.port })
  return portConflict(taken.filter(({ port }) => port !== 'off' && port !== 0))
}

/** Of a pair in which each server serves one side. */
function conflictOfPair(
  { serves, sideB, standby, xmppService }: Chosen,
  given: ReadonlySet<keyof Chosen>,
): string | undefined {
  if (serves === undefined) return undefined
  if (!sideB || !standby) return '--serves is for a pair of servers with two sides: give --side-b and --standby as well'
  if (xmppService !== undefined) return '--serves is for the own notification service: leave out --xmpp-service'
  const own = SIDE_B_KEYS.findIndex(([, key]) => given.has(key))
  const flag = SURFACES[own]?.flag
  return flag && `with --serves, the ports without -b are those of the side that is served: give ${flag}, not ${flag}-b`
}

/** The message never quotes a url, because that may contain a password. */
function conflictOfData({
  data = '',
  acceptOlderData,
  acceptUnreplicated,
  standby,
  advertise,
}: Chosen): string | undefined {
  if (!isPostgresUrl(data)) {
    const flag = acceptUnreplicated ? '--accept-unreplicated' : standby ? '--standby' : advertise && '--advertise'
    return flag ? `${flag} is for PostgreSQL: give --data postgres://…` : undefined
  }
  if (acceptOlderData) return '--accept-older-data is for data files, and --data is a database: leave it out'
  try {
    readAddress(data)
    return undefined
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error
    return `--data: ${error.message}`
  }
}

function conflictOfSso(chosen: Chosen, given: ReadonlySet<keyof Chosen>): string | undefined {
  const { sso = 'off', ssoIssuer = LOCAL_ISSUER } = chosen
  const [first] = SSO_FLAGS.filter((key) => given.has(key))
  if (sso === 'off')
    return first === undefined ? undefined : 'single sign-on is off: give --sso hybrid or --sso on as well'
  if (ssoIssuer === LOCAL_ISSUER) {
    const other = SSO_FLAGS.some((key) => key !== 'ssoIssuer' && given.has(key))
    return other
      ? 'the server issues the tokens itself: give --sso-issuer, or leave out the other --sso flags'
      : undefined
  }
  if (chosen.ssoAudience === undefined || chosen.ssoKeys === undefined)
    return '--sso-issuer needs --sso-audience and --sso-keys'
  return chosen.virtualTime ? 'tokens of --sso-issuer need the real time: leave out --virtual-time' : undefined
}

const PORT_MAX = 65_535

function portConflict(taken: readonly { readonly flag: string; readonly port: Port }[]): string | undefined {
  for (const [index, { flag, port }] of taken.entries()) {
    if (port !== 'off' && port > PORT_MAX) return `${flag} would be ${port}: give another one`
    const other = taken.slice(index + 1).find((each) => each.port === port)
    if (other !== undefined) return `${flag} and ${other.flag} are both ${port}`
  }
  return undefined
}

function conflictOutside({ xmppService, xmppPassword, xmppPasswordFile }: Chosen): string | undefined {
  const given = [xmppPassword, xmppPasswordFile].filter((each) => each !== undefined).length
  if (given > 1) return '--xmpp-password and --xmpp-password-file are two passwords: give only one'
  if (xmppService === undefined)
    return given === 0 ? undefined : 'a password is given but no XMPP server: give --xmpp-service'
  return given === 1 ? undefined : '--xmpp-service needs MRDIAN_XMPP_PASSWORD or --xmpp-password-file'
}
