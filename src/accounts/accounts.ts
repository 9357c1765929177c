/** The accounts of a directory. They verify passwords for REST and XMPP alike. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Credential } from '../directory/model.ts'
import { foldName } from '../directory/names.ts'
import { parseSecret, type ScryptCost, type Secret } from '../directory/secret.ts'
import type { RecordStore } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { Turns } from '../waiting/turns.ts'
import { type Accounts, AccountsBusyError, type Principal } from './api.ts'
import { type Attempt, Guard, type LockOut, type Verdict } from './guard.ts'
import type { LockoutLimits } from './lockouts.ts'
import { canonicalPassword, MAX_PASSWORD, matchesHash, unmatchable } from './password.ts'
import { sourceKey } from './source.ts'
import { Verified } from './verified.ts'
import { VerifiedRecords } from './verified-records.ts'

/** Options of `createAccounts`. */
export interface AccountsOptions {
  readonly credentials: readonly Credential[]
  readonly lockout: LockoutLimits
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Minutes for which a right password is accepted without a check: 30 when left out, as in Finesse; 0 for never. */
  readonly cacheMinutes?: number | undefined
  /** Store of the locks, so that they survive a restart. */
  readonly records?: RecordStore | undefined
  /**
   * 32 random bytes that are always the same for these `records` and are kept elsewhere. With them a hashed password
   * that was right lately needs no full check after a restart either. The README says what somebody gains who has both.
   */
  readonly verifiedKey?: Uint8Array | undefined
  /** Called at the beginning of each lock-out. */
  readonly lockedOut?: ((lockOut: LockOut) => void) | undefined
}

/** Checks of hashed passwords, which take long on purpose. */
export interface PasswordFigures {
  /** How many were made. */
  readonly checks: number
  /** How many wait for their turn now. */
  readonly waiting: number
}

/** Accounts whose credentials can be replaced while they are in use. */
export interface ReloadableAccounts extends Accounts {
  /**
   * Takes over the credentials of a reloaded directory. Accounts that no longer exist, or have another password, lose
   * their cached verification and their lock. The others keep both.
   *
   * @throws InvalidArgument for a secret of an unknown form; nothing is replaced then.
   */
  replaceCredentials(credentials: readonly Credential[], lockout?: LockoutLimits): void
  /** Sets new limits. Locks that last longer than the new limit are shortened to it. */
  setLockout(lockout: LockoutLimits): void
  /** Does an account of this id and kind still exist? */
  has(principal: Principal): boolean
  administrators(): readonly string[]
  readonly figures: PasswordFigures
  /**
   * Forgets wrong passwords and locks, also those of checks under way. For a reset of the engine, which has already
   * emptied the records.
   */
  forget(): void
}

interface Account {
  /** Folded id. Locks and cache use it as their key. */
  readonly key: string
  readonly principal: Principal
  readonly text: string
  readonly secret: Secret
}

interface CheckedAttempt extends Attempt {
  readonly account: Account | undefined
}

/** Verdicts that stop a check under way. `later` does not: other wrong passwords of the source must not stop it. */
const STOPS: readonly Verdict[] = ['refuse', 'verified only']

/** Checks at a time. The rest of the thread pool stays free for files and DNS look-ups. */
const PARALLEL = 2
/**
 * Most checks that wait, of all sources together. Enough for twelve thousand agents who sign in after a restart of the
 * server. A waiting check takes about a kilobyte. Its time in the queue does not count against the client.
 */
const MAX_WAITING = 16_384
/** Most waiting checks of one source, or the number of accounts if that is more: all users may share one address. */
const WAITING_OF_SOURCE = 256
/**
 * Most accounts with a cached verification. It is above the number of agents of any centre: with fewer entries than
 * agents, a round of requests of all agents would find none, because the oldest is forgotten first. An entry takes some
 * 200 bytes, and there is never more than one of each account.
 */
const MAX_CACHED = 50_000
/** Longest name that is looked up, in UTF-16 code units. */
const MAX_NAME = 256

/**
 * Accounts with lock-out (`user 1.4`) and a cache of right passwords (`user 1.3`). `guard.ts` decides who is locked
 * out.
 *
 * `verify` rejects with `AccountsBusyError` when too many checks wait, or when too many wrong passwords came from the
 * same source.
 *
 * @throws InvalidArgument for a secret of an unknown form.
 */
export function createAccounts(options: AccountsOptions): ReloadableAccounts {
  return new VerifyingAccounts(options)
}

class VerifyingAccounts implements ReloadableAccounts {
  readonly limitsItself = true
  readonly #turns = new Turns(
    { running: PARALLEL, waiting: MAX_WAITING },
    () => new AccountsBusyError('too many sign-ins at once'),
  )
  readonly #underWay = new Map<string, Promise<boolean>>()
  readonly #verified: Verified
  readonly #guard: Guard
  #byKey: ReadonlyMap<string, Account> = new Map()
  #byName: ReadonlyMap<string, Account> = new Map()
  #stranger: Secret = nobodysSecret([])
  /** How often `forget` was called. A check compares it to notice a reset while it was under way. */
  #life = 0
  #checks = 0

  constructor(options: AccountsOptions) {
    const { credentials, lockout, now, cacheMinutes = 30, records, verifiedKey: key, lockedOut } = options
    const kept = key && records ? { key, records: new VerifiedRecords(records) } : undefined
    this.#verified = new Verified({ now, lifetime: cacheMinutes * 60_000, capacity: MAX_CACHED, kept })
    this.#guard = new Guard({ lockout, now, records, lockedOut: lockedOut ?? (() => undefined) })
    this.replaceCredentials(credentials)
  }

  replaceCredentials(credentials: readonly Credential[], lockout?: LockoutLimits): void {
    const old = this.#byKey
    const accounts = credentials.map((credential) => accountOf(credential, old))
    const byKey = new Map(accounts.map((account) => [account.key, account]))
    const loginNames = credentials.flatMap(({ id, loginName }) => {
      const account = byKey.get(foldName(id))
      return loginName === undefined || account === undefined ? [] : [[foldName(loginName), account] as const]
    })
    for (const [key, account] of old) {
      if (byKey.get(key) === account) continue
      this.#verified.forget(key)
      this.#guard.forget(key)
    }
    this.#guard.setAccounts(byKey)
    this.#byKey = byKey
    this.#byName = new Map([...loginNames, ...byKey])
    this.#stranger = nobodysSecret(accounts)
    if (lockout !== undefined) this.#guard.setLimits(lockout)
  }

  setLockout(lockout: LockoutLimits): void {
    this.#guard.setLimits(lockout)
  }

  get figures(): PasswordFigures {
    return { checks: this.#checks, waiting: this.#turns.waiting }
  }

  has({ id, kind }: Principal): boolean {
    return this.#byKey.get(foldName(id))?.principal.kind === kind
  }

  seal({ id }: Principal, key: string): string | undefined {
    const account = this.#byKey.get(foldName(id))
    return account && createHmac('sha256', key).update(account.text).digest('base64url')
  }

  administrators(): readonly string[] {
    return [...this.#byKey.values()].flatMap(({ principal: { id, kind } }) => (kind === 'administrator' ? [id] : []))
  }

  forget(): void {
    this.#life += 1
    this.#guard.forgetAll()
  }

  async verify(name: string, password: string, address?: string): Promise<Principal | undefined> {
    const known = name.length <= MAX_NAME
    const folded = known ? foldName(name) : ''
    // A password that is too long becomes empty, which no account has.
    const candidate = password.length <= MAX_PASSWORD ? canonicalPassword(password) : ''
    const account = this.#byName.get(folded)
    const attempt = { account, name: folded, source: sourceKey(address) }
    const verdict = this.#guard.verdict(attempt)
    if (verdict === 'later') throw new AccountsBusyError('too many wrong passwords from this address')
    if (verdict === 'refuse') return undefined
    if (account !== undefined && this.#verified.has(account.key, account.text, candidate)) {
      this.#guard.passed(account, attempt.source, false)
      return account.principal
    }
    if (verdict === 'verified only') {
      this.#guard.failed(attempt, false)
      return undefined
    }
    const life = this.#life
    const right = await this.#check(attempt, candidate)
    if (this.#byName.get(folded) !== account) return this.verify(name, password, address)
    if (!right && life !== this.#life) return undefined
    return this.#settle(attempt, candidate, right)
  }

  /** Decides after the check. Another request may have locked the account meanwhile; that also stops this one. */
  #settle(attempt: CheckedAttempt, password: string, right: boolean): Principal | undefined {
    const { account, source } = attempt
    if (STOPS.includes(this.#guard.verdict(attempt))) return undefined
    // A reload of the directory changed the password or removed the account meanwhile.
    if (account !== undefined && this.#byKey.get(account.key) !== account) return undefined
    if (account === undefined || !right) {
      this.#guard.failed(attempt, true)
      return undefined
    }
    this.#guard.passed(account, source, true)
    this.#verified.add(account.key, account.text, password, account.secret.kind === 'scrypt')
    return account.principal
  }

  /** Concurrent checks of the same name and password share one computation. */
  #check({ account, name, source }: CheckedAttempt, password: string): Promise<boolean> {
    const key = this.#verified.tag(name, account?.text ?? '', password).toString('base64')
    const shared = this.#underWay.get(key)
    if (shared !== undefined) return shared
    const check = this.#compute(account?.secret ?? this.#stranger, password, source)
    this.#underWay.set(key, check)
    const done = () => this.#underWay.delete(key)
    check.then(done, done)
    return check
  }

  /**
   * If any account has a hashed password, unknown names and accounts with a plain password take the time of a hash as
   * well, so the duration of a check gives nothing away.
   */
  async #compute(secret: Secret, password: string, source: string): Promise<boolean> {
    const costly = secret.kind === 'scrypt' ? secret : this.#stranger
    const turn = { lane: source, most: Math.max(WAITING_OF_SOURCE, this.#byKey.size) }
    const hashed = costly.kind === 'scrypt' && (await this.#turns.run(() => this.#matches(password, costly), turn))
    if (secret.kind === 'scrypt') return hashed
    return timingSafeEqual(this.#verified.tag(secret.password), this.#verified.tag(password))
  }

  #matches(password: string, secret: Secret & { readonly kind: 'scrypt' }): Promise<boolean> {
    this.#checks += 1
    return matchesHash(password, secret)
  }
}

/** The account of a credential. Returns the object of before when nothing about the account has changed. */
function accountOf(credential: Credential, old: ReadonlyMap<string, Account>): Account {
  const { id, kind, secret: text } = credential
  const key = foldName(id)
  const before = old.get(key)
  if (before !== undefined && before.text === text && before.principal.id === id && before.principal.kind === kind) {
    return before
  }
  const secret = parseSecret(text)
  if (secret === undefined) throw new InvalidArgument(`the secret of account "${id}" has an unknown form`)
  const canonical = secret.kind === 'plain' ? { ...secret, password: canonicalPassword(secret.password) } : secret
  return { key, principal: { id, kind }, text, secret: canonical }
}

/** The secret for unknown names. No password matches it, and it costs as much as the costliest account. */
function nobodysSecret(accounts: readonly Account[]): Secret {
  let costliest: ScryptCost | undefined
  for (const { secret } of accounts) {
    if (secret.kind === 'scrypt' && work(secret.cost) > work(costliest)) costliest = secret.cost
  }
  return costliest === undefined ? { kind: 'plain', password: randomUUID() } : unmatchable(costliest)
}

function work(cost: ScryptCost | undefined): number {
  return cost === undefined ? 0 : cost.N * cost.r * cost.p
}
