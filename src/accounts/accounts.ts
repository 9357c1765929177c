/** The accounts of a directory: one place that verifies passwords for REST and XMPP. */

import { randomUUID, timingSafeEqual } from 'node:crypto'
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

/** What the accounts are made of. */
export interface AccountsOptions {
  readonly credentials: readonly Credential[]
  readonly lockout: LockoutLimits
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** How long a password that was right is accepted without a new check; 30 as in Finesse, 0 for never. */
  readonly cacheMinutes?: number
  /** Where locks outlive the process. */
  readonly records?: RecordStore
  /** Hears of each lock-out as it begins. */
  readonly lockedOut?: (lockOut: LockOut) => void
}

/** Accounts whose credentials can be replaced while they are in use. */
export interface ReloadableAccounts extends Accounts {
  /**
   * Takes over the credentials of a reloaded directory. Accounts that are gone or have another password lose their
   * cached verification and their lock; the others keep both.
   *
   * @throws InvalidArgument for a secret of an unknown form; nothing is replaced then.
   */
  replaceCredentials(credentials: readonly Credential[], lockout?: LockoutLimits): void
  /** New limits; running locks are never longer than these. */
  setLockout(lockout: LockoutLimits): void
  /** Is there still an account of this id and kind? */
  has(principal: Principal): boolean
  administrators(): readonly string[]
  /**
   * Forgets wrong passwords and locks, those of checks under way included: for a reset of the engine, which has emptied
   * the records.
   */
  forget(): void
}

interface Account {
  /** Folded id: the name under which lock and cache know the account. */
  readonly key: string
  readonly principal: Principal
  readonly text: string
  readonly secret: Secret
}

interface CheckedAttempt extends Attempt {
  readonly account: Account | undefined
}

/** Verdicts that stop a check under way; that the source has got a bad name meanwhile does not. */
const STOPS: readonly Verdict[] = ['refuse', 'verified only']

/** Leaves threads of the pool to files and look-ups. */
const PARALLEL = 2
/** A cold start of two thousand agents fits in. */
const MAX_WAITING = 4096
/** So many of one source, or as many as there are accounts: behind one address may be everybody. */
const WAITING_OF_SOURCE = 256
const MAX_CACHED = 10_000
/** Longest name that is looked up, in UTF-16 units. */
const MAX_NAME = 256

/**
 * Accounts with lock-out (`user 1.4`) and a cache of right passwords (`user 1.3`). `guard.ts` says who is locked out.
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
  /** Counts how often everything was forgotten. */
  #life = 0

  constructor({ credentials, lockout, now, cacheMinutes = 30, records, lockedOut }: AccountsOptions) {
    this.#verified = new Verified(now, cacheMinutes * 60_000, MAX_CACHED)
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

  has({ id, kind }: Principal): boolean {
    return this.#byKey.get(foldName(id))?.principal.kind === kind
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
    // An empty password is nobody's.
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

  /** Decides after the check: others may have locked the account meanwhile, and a lock also stops those under way. */
  #settle(attempt: CheckedAttempt, password: string, right: boolean): Principal | undefined {
    const { account, source } = attempt
    if (STOPS.includes(this.#guard.verdict(attempt))) return undefined
    // Another directory came meanwhile, and with it another password, or no such account.
    if (account !== undefined && this.#byKey.get(account.key) !== account) return undefined
    if (account === undefined || !right) {
      this.#guard.failed(attempt, true)
      return undefined
    }
    this.#guard.passed(account, source, true)
    this.#verified.add(account.key, account.text, password)
    return account.principal
  }

  /** Checks under way for the same name and password share one computation. */
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

  /** Where any account is hashed, a plain one takes as long as a stranger, so that time tells nothing. */
  async #compute(secret: Secret, password: string, source: string): Promise<boolean> {
    const costly = secret.kind === 'scrypt' ? secret : this.#stranger
    const turn = { lane: source, most: Math.max(WAITING_OF_SOURCE, this.#byKey.size) }
    const hashed = costly.kind === 'scrypt' && (await this.#turns.run(() => matchesHash(password, costly), turn))
    if (secret.kind === 'scrypt') return hashed
    return timingSafeEqual(this.#verified.tag(secret.password), this.#verified.tag(password))
  }
}

/** The same object as before when nothing about the account has changed. */
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

/** What strangers are checked against: never right, and as costly as the costliest account. */
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
