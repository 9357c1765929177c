/** Accounts with single sign-on (`user 1.3`, 9.2, 9.3): users sign in with access tokens of an issuer. */
import type { AccessTokens, Accounts, HasAccounts, Principal } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import { type Directory, lookup } from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { IssuerKeys, keysAt, type ReadKeys, type SsoLog } from './keys.ts'
import { LiveTokens } from './live-tokens.ts'
import { type VerifierOptions, verifyToken } from './verifier.ts'

/** `SSO`: users sign in with tokens only. `HYBRID`: with tokens or passwords. */
export type SsoMode = AccessTokens['mode']

/** Options of `ssoAccounts`. */
export interface SsoOptions {
  /** `iss` of the tokens. */
  readonly issuer: string
  /** `aud` of the tokens. */
  readonly audience: string
  /** The public keys of the issuer (a JSON Web Key Set): an https URL, a file, or a function that reads them. */
  readonly keys: string | ReadKeys
  /** `HYBRID` when left out. Administrators sign in with passwords in both modes. */
  readonly mode?: SsoMode | undefined
  /** The claim with the id or login name of the user; `sub` when left out. */
  readonly userClaim?: string | undefined
  /** How far the clocks of issuer and server may differ, in seconds, at most 600; 30 when left out. */
  readonly clockSkewSeconds?: number | undefined
  /** Accounts with passwords; those of the engine when left out. */
  readonly passwords?: Accounts | undefined
  /** Is the token with this id revoked? No token is, when left out. */
  readonly isRevoked?: ((token: string) => boolean) | undefined
  /** Time of the tokens: that of the engine, if it is not the wall clock. */
  readonly clock?: Clock | undefined
  readonly log?: SsoLog | undefined
}

/** Accounts for `finesse` and `notificationService`. */
export interface SsoAccounts extends Accounts {
  readonly tokens: AccessTokens
  /** A token was revoked. Sessions end that have no other one. */
  revoked(token: string): void
}

/** The part of an engine that single sign-on uses. */
export type SsoEngine = HasAccounts & Pick<Engine, 'on'> & { readonly get: { directory(): Directory } }

const MAX_SKEW_SECONDS = 600

/**
 * Accounts with single sign-on for the users of an engine. Reads the keys of the issuer once; if that fails, a warning
 * is logged and tokens get 503 (`temporary-auth-failure` over XMPP) until the keys can be read.
 *
 * @throws InvalidArgument for an option that is out of range, and for an address of keys that is not allowed.
 */
export async function ssoAccounts(engine: SsoEngine, options: SsoOptions): Promise<SsoAccounts> {
  const read = typeof options.keys === 'string' ? keysAt(options.keys) : options.keys
  const running = systemClock()
  const keys = new IssuerKeys({ read, now: () => running.now(), log: options.log })
  const accounts = accountsWithTokens(engine, options, keys)
  await keys.read()
  return accounts
}

/**
 * Accounts whose tokens are verified with these keys.
 *
 * @throws InvalidArgument for an option that is out of range.
 */
export function accountsWithTokens(
  engine: SsoEngine,
  options: Omit<SsoOptions, 'keys' | 'log'>,
  keys: VerifierOptions['keys'],
): SsoAccounts {
  const { issuer, audience, userClaim = 'sub', clockSkewSeconds = 30, clock = systemClock() } = options
  if (issuer === '' || audience === '') throw new InvalidArgument('single sign-on needs an issuer and an audience')
  if (!(clockSkewSeconds >= 0 && clockSkewSeconds <= MAX_SKEW_SECONDS))
    throw new InvalidArgument(`the clock skew is 0 to ${MAX_SKEW_SECONDS} seconds`)
  const { passwords = engine.accounts, mode = 'HYBRID', isRevoked } = options
  const verifier = { issuer, audience, keys, userClaim, clockSkewSeconds, now: () => clock.now() }
  const live = new LiveTokens(clock)
  engine.on('reset', () => live.forget())
  return {
    verify: async (name, password, address) => {
      const principal = await passwords?.verify(name, password, address)
      return mode === 'SSO' && principal?.kind === 'user' ? undefined : principal
    },
    limitsItself: passwords?.limitsItself,
    // Without passwords the directory decides. It has no administrators.
    has: (principal) =>
      passwords?.has?.(principal) ?? (principal.kind === 'user' && isUser(engine.get.directory(), principal.id)),
    seal: (principal, key) => passwords?.seal?.(principal, key),
    administrators: () => passwords?.administrators?.() ?? [],
    tokens: {
      mode,
      verify: async (token): Promise<Principal | undefined> => {
        const verified = await verifyToken(token, verifier)
        if (verified === undefined || isRevoked?.(verified.id) === true) return undefined
        const user = lookup(engine.get.directory()).userByName(verified.name)
        if (user === undefined) return undefined
        live.accepted(user.id, verified.id, verified.end)
        return { id: user.id, kind: 'user' }
      },
      onEnd: (listener) => live.onEnd(listener),
    },
    revoked: (token) => live.revoked(token),
  }
}

function isUser(directory: Directory, id: string): boolean {
  return lookup(directory).userByName(id) !== undefined
}
