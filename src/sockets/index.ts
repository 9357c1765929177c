/** The TCP connections under TLS, HTTP and XMPP: whose they are, and how they break. */
export { breakOff } from './break-off.ts'
export { Connections, type Peer } from './connections.ts'
