/** Name of a listener in metrics: the flag of its port without `port`. */
export type SurfaceKind = 'rest' | 'rest-tls' | 'http-bind' | 'http-bind-tls' | 'xmpp' | 'xmpp-tls'

/** The name of a side's listener. */
export function surfaceName(kind: SurfaceKind, side: 'A' | 'B'): string {
  return side === 'A' ? kind : `${kind}-b`
}
