/** Listeners for XMPP over TCP, with and without TLS. */
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsCertificate } from '../../../tls/index.ts'
import { serveTcp } from '../transports/tcp.ts'
import type { Connect } from '../transports/wire.ts'
import type { XmlLimits } from '../xml/parser.ts'
import { type Listener, listen, type Place } from './listen.ts'

/** Opens a listener for XMPP over plain TCP. Rejects with one error that names the surface and its port. */
export function listenTcp(place: Place, limits: XmlLimits, connect: Connect): Promise<Listener> {
  return listen(
    createTcpServer((socket) => serveTcp(socket, limits, connect)),
    place,
  )
}

/**
 * Opens a listener for XMPP over TLS from the first byte (`notifications 1`). Rejects with one error that names the
 * surface and its port.
 */
export function listenTls(
  place: Place,
  certificate: TlsCertificate,
  limits: XmlLimits,
  connect: Connect,
): Promise<Listener> {
  const server = createTlsServer(certificate.context(), (socket) => serveTcp(socket, limits, connect))
  certificate.follow(server)
  return listen(server, place)
}
