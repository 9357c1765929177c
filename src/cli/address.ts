/** Hosts in URLs. */

/** The host for a URL. An address that means all addresses becomes `localhost`; IPv6 gets brackets. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
