/** Single sign-on: access tokens for REST and XMPP, and an issuer of tokens for local use. */

import '../node-version.ts'

export { type SsoAccounts, type SsoMode, type SsoOptions, ssoAccounts } from './accounts.ts'
export { type IssuerOptions, LocalIssuer, type TokenPair, type TokenUser } from './issuer.ts'
export type { ReadKeys, SsoLog } from './keys.ts'
export { type LocalSso, type LocalSsoOptions, localSso } from './local.ts'
export { DEFAULT_PREFIX, type TokenEndpointOptions, tokenEndpoint } from './token-endpoint.ts'
