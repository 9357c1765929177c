/** Where an attempt to sign in comes from. */
import { isIPv4, isIPv6 } from 'node:net'

/** Whoever has one address of IPv6 has all of its network: the first four groups. */
const NETWORK_GROUPS = 4
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** What counts as one source: an address of IPv4, or a network of IPv6. Callers whose address is not known are one. */
export function sourceKey(address = ''): string {
  const bare = address.split('%', 1)[0] ?? ''
  const mapped = MAPPED.exec(bare)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  if (!isIPv6(bare) || isLoopback(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const behind = tail === undefined || tail === '' ? [] : tail.split(':')
  // An address of IPv4 at the end stands for two groups.
  const missing = 8 - groups.length - behind.length - (bare.includes('.') ? 1 : 0)
  const all = [...groups, ...Array<string>(Math.max(0, tail === undefined ? 0 : missing)).fill('0'), ...behind]
  const network = all.slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}

/** Nobody but this machine has such an address. */
export function isLoopback(source: string): boolean {
  return source === '::1' || /^127\.\d+\.\d+\.\d+$/.test(source)
}
