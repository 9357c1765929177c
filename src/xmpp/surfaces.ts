import type { Side } from '../../machines/wire.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { CorsMode } from '../http/index.ts'
import { type ConnectionGuard, connectionGuard, type SurfaceKind, surfaceName } from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { type HttpEntry, listenHttp } from './service/listeners/http.ts'
import type { Listener, Place } from './service/listeners/listen.ts'
import { listenTcp, listenTls } from './service/listeners/sockets.ts'
import type { Connect } from './service/transports/wire.ts'
import type { XmlLimits } from './service/xml/parser.ts'

/** A port number; 0 takes a free port. `off` starts no listener. */
export type Port = number | 'off'

/** Addresses under which clients reach the service, and their limits. */
export interface SurfaceOptions {
  /** Host or address to listen on; `127.0.0.1` when left out. */
  readonly host?: string | undefined
  /** XMPP over TCP; 5222 when left out. */
  readonly port?: Port | undefined
  /** XMPP over TLS from the first byte; `off` when left out. */
  readonly tlsPort?: Port | undefined
  /** HTTP server for BOSH and WebSocket, paths `/http-bind` and `/ws`; `off` when left out. */
  readonly httpBindPort?: Port | undefined
  /** The same over TLS; `off` when left out. */
  readonly httpBindTlsPort?: Port | undefined
  /** Certificate of the two TLS surfaces. The caller closes it. */
  readonly tls?: TlsCertificate | undefined
  /**
   * Limits the connections of all surfaces. Give the same guard to every server in this process. When left out, the
   * service has its own guard with the default limits.
   */
  readonly connections?: ConnectionGuard | undefined
  /** Which pages of other origins may use BOSH and WebSocket (ruling 42); `enable_all` when left out. */
  readonly cors?: CorsMode | undefined
}

/** Ports of the open surfaces. */
export interface Ports {
  readonly xmpp?: number
  readonly xmppTls?: number
  readonly httpBind?: number
  readonly httpBindTls?: number
}

/** The parts of the service that the surfaces use. */
export interface Behind {
  readonly connect: Connect
  readonly entry: HttpEntry
  readonly limits: XmlLimits
  readonly side: Side
  /** Number of users who may all connect at the same moment. */
  readonly users: number
}

/** The listeners of one service, closed together. */
export class ServiceListeners {
  readonly #open: Listener[] = []

  /** Adds a listener when it is open. Resolves with its port. */
  async add(listening: Promise<Listener>): Promise<number> {
    const listener = await listening
    this.#open.push(listener)
    return listener.port
  }

  /** Sets whether the side is lost (see `Listener.lose`). */
  lose(lost: boolean): void {
    for (const listener of this.#open) listener.lose(lost)
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((listener) => listener.close()))
  }
}

const KINDS: Readonly<Record<keyof Ports, SurfaceKind>> = {
  xmpp: 'xmpp',
  xmppTls: 'xmpp-tls',
  httpBind: 'http-bind',
  httpBindTls: 'http-bind-tls',
}

/** Opens the surfaces for clients. Rejects with `ListenFailure`, which names the surface and its port. */
export async function openSurfaces(
  listeners: ServiceListeners,
  options: SurfaceOptions,
  behind: Behind,
): Promise<Ports> {
  const { host = '127.0.0.1' } = options
  const { connect, entry, limits, side, users } = behind
  const guard = options.connections ?? connectionGuard({ users })
  const ports: { -readonly [K in keyof Ports]: Ports[K] } = {}
  const open = async (key: keyof Ports, surface: string, port: Port, start: (place: Place) => Promise<Listener>) => {
    if (port === 'off') return
    const guarding = { guard, surface: surfaceName(KINDS[key], side) }
    ports[key] = await listeners.add(start({ surface, host, port, guarding }))
  }
  const certificate = () => {
    if (options.tls === undefined) throw new InvalidArgument('a TLS port needs a certificate: give `tls`')
    return options.tls
  }
  const { port = 5222, tlsPort = 'off', httpBindPort = 'off', httpBindTlsPort = 'off' } = options
  await open('xmpp', 'XMPP over TCP', port, (place) => listenTcp(place, limits, connect))
  await open('xmppTls', 'XMPP over TLS', tlsPort, (place) => listenTls(place, certificate(), limits, connect))
  await open('httpBind', 'XMPP over HTTP', httpBindPort, (place) => listenHttp(place, entry, undefined))
  await open('httpBindTls', 'XMPP over HTTPS', httpBindTlsPort, (place) => listenHttp(place, entry, certificate()))
  return ports
}
