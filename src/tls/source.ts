import type { SecureContextOptions, Server } from 'node:tls'
import { type Certificate, checkCertificate, contextOf } from './certificate.ts'

/** The certificate of all TLS surfaces. It may change while they serve: open connections keep the one they began with. */
export interface TlsCertificate {
  /** What a new TLS server starts with. */
  context(): SecureContextOptions
  /** Keeps a server up to date until it closes. */
  follow(server: Server): void
  /** Watches for changes no longer. Idempotent. */
  close(): void
}

/** Hands each certificate to the servers that follow. */
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

  /** Connections from now on get this one. */
  change(certificate: Certificate): void {
    this.#current = certificate
    for (const server of this.#servers) server.setSecureContext(contextOf(certificate))
  }
}

/** One that does not change. Throws `CertificateError`. */
export function fixedCertificate(certificate: Certificate): TlsCertificate {
  const followers = new Followers(checkCertificate(certificate))
  return {
    context: () => contextOf(followers.current),
    follow: () => undefined,
    close: () => undefined,
  }
}
