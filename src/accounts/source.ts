/** The source of an attempt to sign in. */
import { addressKey } from '../sockets/index.ts'

/**
 * The key of a source: an IPv4 address or the /64 network of an IPv6 address, as for connections. A text that is not an
 * address is returned unchanged. Callers without an address share the key `''`.
 */
export function sourceKey(address = ''): string {
  return addressKey(address) ?? address
}
