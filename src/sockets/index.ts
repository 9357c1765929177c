/** The TCP connections below TLS, HTTP and XMPP: their limits, the addresses they count for, and how they are reset. */
export { addressKey, type HeadersOfClient, isLoopback, Proxies, ProxyError } from './address.ts'
export { breakOff } from './break-off.ts'
export type { Peer } from './connection.ts'
export { Connections, type Guarding } from './connections.ts'
export type { SurfaceFigures } from './figures.ts'
export { ConnectionGuard, connectionGuard } from './guard.ts'
export { HTTP2_OPTIONS, HTTP2_SETTINGS } from './http2.ts'
export { type ConnectionLimits, openFileLimit, type ResolvedLimits } from './limits.ts'
export {
  checkingPassword,
  hasSession,
  isSignedIn,
  isTrusted,
  progressed,
  signingIn,
  sourceOf,
  waited,
} from './registry.ts'
export { type SurfaceKind, surfaceName } from './surface-name.ts'
