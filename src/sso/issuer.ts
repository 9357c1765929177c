/** A small issuer of access tokens, for local use and tests. Everything is in memory: a restart ends all tokens. */
import { randomBytes, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK, SignJWT } from 'jose'

/** The user of a token. */
export interface TokenUser {
  readonly id: string
  readonly loginName: string
}

/** Options of `LocalIssuer.create`. */
export interface IssuerOptions {
  /** `iss` of the tokens. */
  readonly issuer: string
  /** `aud` of the tokens. */
  readonly audience: string
  /** The domain of the users, in `realm` and `upn`. */
  readonly realm: string
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Seconds for which an access token is valid; 3600 when left out. */
  readonly accessSeconds?: number | undefined
  /** Seconds for which a refresh token is valid; ten hours when left out. */
  readonly refreshSeconds?: number | undefined
  /** Called with the id of each access token that is revoked. */
  readonly revoked?: ((token: string) => void) | undefined
}

export interface TokenPair {
  readonly token: string
  readonly refreshToken: string
  readonly expiresIn: number
  readonly user: TokenUser
}

interface Key {
  readonly kid: string
  readonly sign: CryptoKey
  readonly shown: JWK
}

/** A refresh token, and the access token that was issued with it. */
interface Grant {
  readonly user: TokenUser
  /** All grants that began with the same sign-in. */
  readonly family: string
  readonly access: string
  readonly until: number
  /** A refresh token is valid once. A second use means that somebody else has it too. */
  used: boolean
}

const ALGORITHM = 'RS256'
/** Tokens of a former key are valid until they expire, so its public key is shown for the next two changes. */
const KEYS_SHOWN = 3
/** Most grants. The oldest one is forgotten first. */
const MAX_GRANTS = 20_000

export class LocalIssuer {
  readonly #options: IssuerOptions
  readonly #grants = new Map<string, Grant>()
  /** Ends of revoked access tokens, by their ids. */
  readonly #revoked = new Map<string, number>()
  #keys: readonly Key[]
  #shown: JSONWebKeySet

  private constructor(options: IssuerOptions, key: Key) {
    this.#options = options
    this.#keys = [key]
    this.#shown = { keys: [key.shown] }
  }

  static async create(options: IssuerOptions): Promise<LocalIssuer> {
    return new LocalIssuer(options, await newKey())
  }

  get realm(): string {
    return this.#options.realm
  }

  /** The public keys, newest first. */
  keys(): JSONWebKeySet {
    return this.#shown
  }

  /** Signs with a new key from now on. Tokens of the former two keys stay valid until they expire. */
  async changeKey(): Promise<void> {
    const key = await newKey()
    this.#keys = [key, ...this.#keys].slice(0, KEYS_SHOWN)
    this.#shown = { keys: this.#keys.map(({ shown }) => shown) }
  }

  /** Tokens for a user whose password was verified. */
  issue(user: TokenUser): Promise<TokenPair> {
    return this.#issue(user, randomUUID())
  }

  /**
   * New tokens for a refresh token. The access token of before stays valid until it expires. `undefined` for a refresh
   * token that is unknown, expired or was used before. The latter revokes all tokens that came from the same sign-in.
   */
  async refresh(refreshToken: string): Promise<TokenPair | undefined> {
    const grant = this.#grants.get(refreshToken)
    if (grant === undefined || grant.until <= this.#options.now()) return undefined
    if (grant.used) {
      this.#revokeFamily(grant.family)
      return undefined
    }
    grant.used = true
    return this.#issue(grant.user, grant.family)
  }

  /** Revokes a refresh token, with all tokens that came from the same sign-in. An unknown one changes nothing. */
  revoke(refreshToken: string): void {
    const grant = this.#grants.get(refreshToken)
    if (grant !== undefined) this.#revokeFamily(grant.family)
  }

  isRevoked(token: string): boolean {
    return this.#revoked.has(token)
  }

  /** Ends all tokens. */
  forget(): void {
    this.#grants.clear()
    this.#revoked.clear()
  }

  async #issue(user: TokenUser, family: string): Promise<TokenPair> {
    const { issuer, audience, realm, now, accessSeconds = 3600, refreshSeconds = 36_000 } = this.#options
    const [key] = this.#keys
    if (key === undefined) throw new Error('the issuer has no key')
    const access = randomUUID()
    const issuedAt = Math.floor(now() / 1000)
    const token = await new SignJWT({ user_id: user.id, realm, upn: `${user.loginName}@${realm}` })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setSubject(user.id)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessSeconds)
      .setJti(access)
      .sign(key.sign)
    const refreshToken = randomBytes(32).toString('base64url')
    this.#tidy()
    this.#grants.set(refreshToken, { user, family, access, until: now() + refreshSeconds * 1000, used: false })
    return { token, refreshToken, expiresIn: accessSeconds, user }
  }

  #revokeFamily(family: string): void {
    const { now, accessSeconds = 3600, revoked } = this.#options
    for (const [token, grant] of this.#grants) {
      if (grant.family !== family) continue
      this.#grants.delete(token)
      this.#revoked.set(grant.access, now() + 2 * accessSeconds * 1000)
      revoked?.(grant.access)
    }
  }

  /** Forgets what has expired, and the oldest grants if there are too many. */
  #tidy(): void {
    const now = this.#options.now()
    for (const [token, until] of this.#revoked) if (until <= now) this.#revoked.delete(token)
    for (const [token, { until }] of this.#grants) {
      // All grants last equally long, so they expire in the order in which they were added.
      if (until > now && this.#grants.size < MAX_GRANTS) return
      this.#grants.delete(token)
    }
  }
}

async function newKey(): Promise<Key> {
  const kid = randomUUID()
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM)
  return { kid, sign: privateKey, shown: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' } }
}
