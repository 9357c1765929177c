/** Addresses of clients: which addresses count as one, and which are trusted proxies. */
import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** Prefix of an IPv4 address on an IPv6 socket. */
const MAPPED = '::ffff:'
/** Number of groups in an IPv6 address that name the network (/64). One client may use all addresses of its network. */
const NETWORK_GROUPS = 4
/** Most addresses of a header that are read, from its end. */
const MOST_HOPS = 16
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Normal form of an address: IPv4 on an IPv6 socket becomes IPv4, IPv6 is shortened and without a zone. */
function plain(address: string): string {
  const [bare = ''] = address.split('%', 1)
  if (!isIPv6(bare)) return bare
  const short = new SocketAddress({ address: bare, family: 'ipv6' }).address
  const behind = short.slice(MAPPED.length)
  return short.startsWith(MAPPED) && isIPv4(behind) ? behind : short
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6')

/**
 * Key of the addresses that count as one: an IPv4 address, or the /64 network of an IPv6 address, because one machine
 * may have all addresses of its network. `::1` counts alone. `undefined` for a text that is not an address.
 */
export function addressKey(address: string): string | undefined {
  const bare = plain(address)
  switch (isIP(bare)) {
    case 4:
      return bare
    case 6:
      return isLoopback(bare) ? bare : `${networkOf(bare).join(':')}::/64`
    default:
      return undefined
  }
}

/** The first groups of an IPv6 address in its short spelling. */
function networkOf(short: string): readonly string[] {
  const [head = '', tail = ''] = short.split('::', 2)
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const before = groups(head)
  const after = groups(tail)
  // An IPv4 address at the end replaces two groups.
  const missing = 8 - before.length - after.length - (isIPv4(after.at(-1) ?? '') ? 1 : 0)
  return [...before, ...Array<string>(missing).fill('0'), ...after].slice(0, NETWORK_GROUPS)
}

/** Is it a loopback address? */
export function isLoopback(address: string): boolean {
  const bare = plain(address)
  return isIP(bare) !== 0 && LOOPBACK.check(bare, familyOf(bare))
}

/** The headers in which a proxy names its client. */
export interface HeadersOfClient {
  readonly 'x-forwarded-for'?: string | readonly string[] | undefined
  readonly forwarded?: string | readonly string[] | undefined
}

type Header = HeadersOfClient['forwarded']

/** An invalid name of a proxy or of a network of proxies. The message names it. */
export class ProxyError extends MrdianError {
  override readonly name = 'ProxyError'
  readonly code: CodeOf<'ProxyError'> = 'INVALID_PROXY'
}

/** The trusted proxies, whose headers name the client. */
export class Proxies {
  readonly #list = new BlockList()

  /** `names`: addresses, and networks such as `10.0.0.0/8`. Throws `ProxyError`. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#add(name)
  }

  has(address: string): boolean {
    const bare = plain(address)
    return isIP(bare) !== 0 && this.#list.check(bare, familyOf(bare))
  }

  /**
   * The source of a request: its address, or the client that a trusted proxy names. Without the headers, a request of a
   * proxy counts for the proxy itself. All requests of a proxy that name no clear client are one source, which is not
   * the proxy: a client that guesses passwords in this way does not lock out users on the proxy's machine.
   */
  sourceOf(address: string, headers: HeadersOfClient): string {
    if (!this.has(address)) return address
    const { 'x-forwarded-for': listed, forwarded } = headers
    if (listed === undefined && forwarded === undefined) return address
    return this.#clientOf(listed, forwarded) ?? `behind ${address}`
  }

  /**
   * The last address that is not a trusted proxy. `undefined` when there is none, or when `Forwarded` and
   * `X-Forwarded-For` name different clients: a proxy sets one of the headers, but passes on the other as the client
   * wrote it.
   */
  #clientOf(listed: Header, forwarded: Header): string | undefined {
    const old = this.#last(listed === undefined ? undefined : String(listed).split(','))
    const standard = this.#last(forwarded === undefined ? undefined : String(forwarded).split(',').map(forOf))
    if (old !== undefined && standard !== undefined) return old === standard ? old : undefined
    return old ?? standard
  }

  #last(hops: readonly string[] | undefined): string | undefined {
    const found = hops
      ?.slice(-MOST_HOPS)
      .map((hop) => withoutPort(hop.trim()))
      .findLast((hop) => !this.has(hop))
    return found === undefined || isIP(plain(found)) === 0 ? undefined : plain(found)
  }

  #add(name: string): void {
    const [address = '', length, ...more] = name.trim().split('/')
    const bare = plain(address)
    const most = isIPv4(bare) ? 32 : 128
    const prefix = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
    if (isIP(bare) === 0 || more.length > 0 || !(prefix <= most))
      throw new ProxyError(`${JSON.stringify(name)} is no address and no network such as 10.0.0.0/8`)
    this.#list.addSubnet(bare, prefix, familyOf(bare))
  }
}

/** The value of `for` in one element of `Forwarded` (RFC 7239). */
function forOf(element: string): string {
  const pair =
    element
      .split(';')
      .map((each) => each.trim())
      .find((each) => /^for=/i.test(each)) ?? ''
  return pair
    .slice(pair.indexOf('=') + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1')
}

/** Removes brackets and port from `192.0.2.1:80`, `[2001:db8::1]:80` and `[2001:db8::1]`. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]{0,64})\](?::\d{1,5})?$/.exec(text)?.[1]
  return bracketed ?? /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}):\d{1,5}$/.exec(text)?.[1] ?? text
}
