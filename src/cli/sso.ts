/** Single sign-on of a server: the issuer of an identity provider, or one of its own. */
import type { Accounts } from '../accounts/index.ts'
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'
import type { SsoMode, SsoOptions } from '../sso/accounts.ts'
import type { SsoLog } from '../sso/keys.ts'
import type { TokenEndpointOptions } from '../sso/token-endpoint.ts'
import { StartFailure } from './start-failure.ts'

/** `local`: the server issues the tokens, at `/desktop/sso/token`. */
export type TokenIssuer = 'local' | Pick<SsoOptions, 'issuer' | 'audience' | 'keys' | 'userClaim' | 'clockSkewSeconds'>

export interface ServerSso {
  readonly mode: SsoMode
  readonly issuer: TokenIssuer
}

export interface OpenedSso {
  readonly accounts: Accounts
  /** The paths of the local issuer. */
  readonly endpoint?: TokenEndpointOptions
}

interface Parts {
  readonly engine: Engine
  readonly passwords: Accounts
  /** Time of the engine. */
  readonly clock: Clock
  readonly isVirtual: boolean
  readonly realm: string
  readonly log: SsoLog
}

/**
 * Opens single sign-on. Its libraries are loaded here, because most servers do not use it.
 *
 * @throws InvalidArgument for an option that is out of range. StartFailure in virtual time with an issuer elsewhere.
 */
export async function openSso({ mode, issuer }: ServerSso, parts: Parts): Promise<OpenedSso> {
  const { engine, passwords, clock, realm, log } = parts
  const { localSso, ssoAccounts } = await import('../sso/index.ts')
  if (issuer === 'local') return localSso(engine, { mode, passwords, clock, realm })
  if (parts.isVirtual)
    throw new StartFailure('tokens of an issuer elsewhere need the real time: leave out --virtual-time')
  return { accounts: await ssoAccounts(engine, { ...issuer, mode, passwords, clock, log }) }
}
