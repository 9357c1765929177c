/** Where an attempt to sign in comes from. */
import { addressKey } from '../sockets/index.ts'

/**
 * What counts as one source: as with connections, an address of IPv4 or a network of IPv6. What is no address stays as it
 * is. Callers whose address is not known are one.
 */
export function sourceKey(address = ''): string {
  return addressKey(address) ?? address
}
