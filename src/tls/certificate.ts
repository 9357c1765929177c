import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'

/** A certificate with its chain, and its private key, both as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate that cannot be used. The message says why and does not contain the key. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
}

const NO_KEY = 'the key is no PEM private key'

/** Returns the certificate. Throws `CertificateError` when it or its key cannot be used, or they do not match. */
export function checkCertificate(certificate: Certificate): Certificate {
  let parsed: X509Certificate
  try {
    parsed = new X509Certificate(certificate.cert)
  } catch (error) {
    throw new CertificateError('the certificate is no PEM certificate', { cause: error })
  }
  // A file that is being written may be empty for a moment. OpenSSL accepts an empty key, but then refuses each client.
  if (certificate.key === '') throw new CertificateError(NO_KEY)
  try {
    createSecureContext(contextOf(certificate))
  } catch (error) {
    throw new CertificateError(reasonOf(error, certificate.key), { cause: error })
  }
  if (Date.parse(parsed.validTo) < Date.now())
    throw new CertificateError(`the certificate has expired: it was valid until ${parsed.validTo}`)
  return certificate
}

/** Both forms of an encrypted key in PEM have this word: in the first line, or in `Proc-Type`. */
const ENCRYPTED = /^(?:-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED)/m

function reasonOf(error: unknown, key: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/key values mismatch/i.test(message)) return 'the key does not belong to the certificate'
  // OpenSSL tries without a passphrase. One key in 256 seems to be decrypted by that, and then its error says nothing.
  if (ENCRYPTED.test(key) || /bad decrypt|password|passphrase|interrupted or cancelled/i.test(message))
    return 'the key is encrypted; it has to come without a passphrase'
  if (/too small|too weak/i.test(message)) return 'key or signature of the certificate are too weak'
  return NO_KEY
}

/** End of the certificate's validity, in milliseconds since 1970 UTC. */
export function expiryOf({ cert }: Certificate): number {
  return Date.parse(new X509Certificate(cert).validTo)
}

/** TLS options of a server with this certificate. */
export function contextOf({ cert, key }: Certificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' }
}
