/** Single sign-on without an identity provider: the server issues the tokens itself. */
import type { Accounts } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import type { Clock } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { accountsWithTokens, type SsoAccounts, type SsoEngine, type SsoMode } from './accounts.ts'
import { LocalIssuer } from './issuer.ts'
import type { TokenEndpointOptions } from './token-endpoint.ts'

/** Options of `localSso`. */
export interface LocalSsoOptions {
  /** Domain of the users, in `realm` and `user_principal`; `localhost` when left out. */
  readonly realm?: string | undefined
  /** `HYBRID` when left out. The passwords of users are those that they type on the page of the sign-in. */
  readonly mode?: SsoMode | undefined
  /** Accounts with passwords; those of the engine when left out. */
  readonly passwords?: Accounts | undefined
  /** Seconds for which an access token is valid; 3600 when left out. */
  readonly accessSeconds?: number | undefined
  /** Seconds for which a refresh token is valid; ten hours when left out. */
  readonly refreshSeconds?: number | undefined
  /** Time of the tokens: that of the engine, if it is not the wall clock. */
  readonly clock?: Clock | undefined
}

export interface LocalSso {
  /** For `finesse` and `notificationService`. */
  readonly accounts: SsoAccounts
  readonly issuer: LocalIssuer
  /** For `app.register(tokenEndpoint, …)`. */
  readonly endpoint: TokenEndpointOptions
}

/** One program issues and verifies, so the clocks agree. */
const NO_SKEW = 0
const AUDIENCE = 'mrdian'

/**
 * Accounts with single sign-on, and the issuer of their tokens. Tokens are valid until the program ends.
 *
 * @throws InvalidArgument without accounts that have passwords.
 */
export async function localSso(engine: SsoEngine, options: LocalSsoOptions = {}): Promise<LocalSso> {
  const { realm = 'localhost', mode, passwords = engine.accounts, clock = systemClock() } = options
  if (passwords === undefined)
    throw new InvalidArgument('no accounts: give `passwords`, or an engine that has accounts')
  const { accessSeconds, refreshSeconds } = options
  const name = `urn:mrdian:${realm}`
  const issuer = await LocalIssuer.create({
    ...{ issuer: name, audience: AUDIENCE, realm, accessSeconds, refreshSeconds },
    now: () => clock.now(),
    revoked: (token) => accounts.revoked(token),
  })
  const accounts = accountsWithTokens(
    engine,
    {
      ...{ issuer: name, audience: AUDIENCE, mode, passwords, clock, clockSkewSeconds: NO_SKEW },
      isRevoked: (token) => issuer.isRevoked(token),
    },
    { for: async () => issuer.keys() },
  )
  engine.on('reset', () => issuer.forget())
  const directory = () => engine.get.directory()
  return { accounts, issuer, endpoint: { issuer, passwords, directory, now: () => clock.now() } }
}
