/** The certificate of the TLS surfaces of a server. */
import type { Logger } from 'pino'
import { certificateFiles, fixedCertificate, selfSignedCertificate, type TlsCertificate } from '../tls/index.ts'
import type { ServerOptions } from './server-options.ts'

/** Addresses that mean all addresses. They are not names of this server. */
const ANY_ADDRESS = ['0.0.0.0', '::']

export const isAnyAddress = (host: string): boolean => ANY_ADDRESS.includes(host)

/** `names`: the names of a certificate that is made here. */
export async function certificateOf(
  { tls }: ServerOptions,
  names: readonly string[],
  logger: Logger,
): Promise<TlsCertificate | undefined> {
  if (tls === undefined) return undefined
  if (tls !== 'self-signed') return certificateFiles(tls, { logger })
  const certificate = await selfSignedCertificate(names.filter((name) => !isAnyAddress(name)))
  return fixedCertificate(certificate)
}
