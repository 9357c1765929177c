/** The side of a server that serves one of a pair, from the options of the server. */
import type { Logger } from 'pino'
import type { LoadedDirectory } from '../directory/index.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { DEFAULTS, DOMAIN_B } from './defaults.ts'
import { Seat } from './seat.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import { standbyGuard } from './standby-surface.ts'
import { StartFailure } from './start-failure.ts'

/** XMPP domains of both sides, which are also the hosts that SystemInfo shows. */
export function domainsOf({ domain = DEFAULTS.domain, sideB }: ServerOptions) {
  return { A: domain, B: sideB?.domain ?? DOMAIN_B } as const
}

/** `undefined` for a server that serves all sides. @throws StartFailure for options that do not go together */
export function seatOf(
  options: ServerOptions,
  parts: {
    readonly certificate: TlsCertificate | undefined
    readonly limits: ConnectionLimits
    readonly loaded: () => LoadedDirectory
    readonly logger: Logger
  },
): Seat | undefined {
  const { serves: side, sideB, standby, xmppService, cors, authorizeSubscriptions, socketClock } = options
  if (side === undefined) return undefined
  if (sideB === undefined || standby === undefined || xmppService !== undefined)
    throw new StartFailure(
      'a server that serves one side of a pair needs --side-b and --standby, and no --xmpp-service',
    )
  const { host, ports } = wantedBy(options)
  const domains = domainsOf(options)
  const { certificate, limits, loaded, logger } = parts
  return new Seat({
    side,
    front: {
      host,
      port: ports.xmppPort,
      tlsPort: ports.xmppTlsPort,
      httpBindPort: ports.httpBindPort,
      httpBindTlsPort: ports.httpBindTlsPort,
      ...(certificate === undefined ? {} : { tls: certificate }),
      domain: domains[side],
      hosts: { primary: domains.A, secondary: domains.B },
      cors: cors ?? DEFAULTS.cors,
      authorizeSubscriptions: authorizeSubscriptions ?? true,
      clock: socketClock,
    },
    guard: standbyGuard(limits),
    loaded,
    tokens: options.sso?.mode,
    logger,
  })
}
