import type { SecureContextOptions, Server } from 'node:tls'
import { type Certificate, checkCertificate, contextOf } from './certificate.ts'

/** The certificate of all TLS surfaces. It may change while they are open. Open connections keep their certificate. */
export interface TlsCertificate {
  /** TLS options for a new server. */
  context(): SecureContextOptions
  /** Gives each new certificate to the server, until the server closes. */
  follow(server: Server): void
  /** Stops watching for changes. Idempotent. */
  close(): void
}

/** Passes each new certificate to the registered servers. */
export class Followers {
  readonly #servers = new Set<Server>()
  #current: Certificate

  constructor(certificate: Certificate) {
    this.#current = certificate
  }

  get current(): Certificate {
    return this.#current
  }

  follow(server: Server): void {
    this.#servers.add(server)
    server.once('close', () => this.#servers.delete(server))
  }

  /** Sets the certificate for new connections. */
  change(certificate: Certificate): void {
    this.#current = certificate
    for (const server of this.#servers) server.setSecureContext(contextOf(certificate))
  }
}

/** A certificate that does not change. Throws `CertificateError` when it cannot be used. */
export function fixedCertificate(certificate: Certificate): TlsCertificate {
  const followers = new Followers(checkCertificate(certificate))
  return {
    context: () => contextOf(followers.current),
    follow: () => undefined,
    close: () => undefined,
  }
}
