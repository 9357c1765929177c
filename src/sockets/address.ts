/** Addresses of clients: which belong together, and which of them speak for others. */

import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** Begins an IPv4 address that comes in by an IPv6 socket. */
const MAPPED = '::ffff:'
/** The part of an IPv6 address that names a network; whoever has one has all addresses in it. */
const NETWORK_GROUPS = 4
/** Addresses of proxies that are looked through; whoever names more is not believed. */
const MOST_HOPS = 16
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** One spelling for each address: IPv4 that comes in by an IPv6 socket is IPv4; IPv6 is short, without a zone. */
function plain(address: string): string {
  const [bare = ''] = address.split('%', 1)
  if (!isIPv6(bare)) return bare
  const short = new SocketAddress({ address: bare, family: 'ipv6' }).address
  const behind = short.slice(MAPPED.length)
  return short.startsWith(MAPPED) && isIPv4(behind) ? behind : short
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6')

/**
 * What counts as one address: an IPv4 address, or the /64 of an IPv6 address, since one machine may have all addresses of
 * it; `::1` is only itself. Undefined for what is no address.
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
  // IPv4 at the end stands for two groups.
  const missing = 8 - before.length - after.length - (isIPv4(after.at(-1) ?? '') ? 1 : 0)
  return [...before, ...Array<string>(missing).fill('0'), ...after].slice(0, NETWORK_GROUPS)
}

/** Is it an address of this machine that no other can have? */
export function isLoopback(address: string): boolean {
  const bare = plain(address)
  return isIP(bare) !== 0 && LOOPBACK.check(bare, familyOf(bare))
}

/** What a proxy may say of the client that it speaks for, among other headers. */
export interface HeadersOfClient {
  readonly 'x-forwarded-for'?: string | readonly string[] | undefined
  readonly forwarded?: string | readonly string[] | undefined
}

type Header = HeadersOfClient['forwarded']

/** A proxy, or a network of proxies, that is named wrongly; the message names it. */
export class ProxyError extends MrdianError {
  override readonly name = 'ProxyError'
  readonly code: CodeOf<'ProxyError'> = 'INVALID_PROXY'
}

/** The proxies that are believed when they say for whom they speak. */
export class Proxies {
  readonly #list = new BlockList()

  /** Addresses, and networks as `10.0.0.0/8`. Throws `ProxyError`. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#add(name)
  }

  has(address: string): boolean {
    const bare = plain(address)
    return isIP(bare) !== 0 && this.#list.check(bare, familyOf(bare))
  }

  /**
   * Whose a request from this address is: a client's own, or that of the client that a proxy speaks for. A proxy that says
   * nothing speaks for itself. All that one names in no way that can be believed are one source, and not the proxy: who
   * guesses passwords there keeps out nobody on the machine of the proxy.
   */
  sourceOf(address: string, headers: HeadersOfClient): string {
    if (!this.has(address)) return address
    const { 'x-forwarded-for': listed, forwarded } = headers
    if (listed === undefined && forwarded === undefined) return address
    return this.#clientOf(listed, forwarded) ?? `behind ${address}`
  }

  /**
   * The last address that is not a proxy's own. Undefined when there is none, or when `Forwarded` and `X-Forwarded-For` do
   * not name the same one: a proxy sets one of them and passes on what clients write in the other.
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

/** The `for` of one element of `Forwarded` (RFC 7239). */
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

/** `192.0.2.1:80`, `[2001:db8::1]:80` and `[2001:db8::1]` without brackets and port. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]{0,64})\](?::\d{1,5})?$/.exec(text)?.[1]
  return bracketed ?? /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}):\d{1,5}$/.exec(text)?.[1] ?? text
}
