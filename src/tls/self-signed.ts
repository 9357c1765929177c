import { isIP } from 'node:net'
import { type Certificate, checkCertificate } from './certificate.ts'

/** Longest validity that browsers accept. */
const DAYS = 397
const DAY_MS = 86_400_000
/** The validity begins this long ago, because the clocks of clients may differ. */
const SKEW_MS = 3_600_000

/**
 * Creates a self-signed certificate for local use. Clients do not trust it until they are told to. It is valid for
 * `localhost`, the loopback addresses, and the given names or addresses.
 */
export async function selfSignedCertificate(names: readonly string[]): Promise<Certificate> {
  // The library is loaded only when it is needed.
  const { generate } = await import('../bundled/selfsigned.ts')
  const all = [...new Set([...names, 'localhost', '127.0.0.1', '::1'])]
  const now = Date.now()
  const made = await generate([{ name: 'commonName', value: all[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - SKEW_MS),
    notAfterDate: new Date(now - SKEW_MS + DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: all.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  })
  return checkCertificate({ cert: made.cert, key: made.private })
}
