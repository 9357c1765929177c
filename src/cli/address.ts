/** Addresses as people and programs on this machine type them. */

/** Host for a URL: an address that stands for all of them is reached as `localhost`; IPv6 takes brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
