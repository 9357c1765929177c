/**
 * Decides whether a password is checked at all. This slows down attackers who guess passwords, but must not let them
 * lock out the real users.
 *
 * - A number of wrong passwords in a row locks a user's account for everybody (`user 1.4`, ruling 20).
 * - They do not lock an administrator's account, because then anybody could lock out the administrator. Only the source
 *   that guesses is refused. A second limit counts all sources together. It refuses sources that never sent the right
 *   password.
 * - Each source has a limit over all accounts.
 */
import type { RecordStore } from '../engine/ports.ts'
import { isLoopback } from '../sockets/index.ts'
import type { Principal } from './api.ts'
import { Counts } from './counts.ts'
import { Familiar } from './familiar.ts'
import { type LockoutLimits, Lockouts } from './lockouts.ts'

/** The part of an account that the guard needs. */
export interface Guarded {
  /** Folded id. */
  readonly key: string
  readonly principal: Principal
}

/** An attempt to sign in. */
export interface Attempt {
  /** `undefined` for an unknown name. */
  readonly account: Guarded | undefined
  /** Folded. */
  readonly name: string
  readonly source: string
}

export type Verdict =
  /** The password is checked. */
  | 'check'
  /** Only a cached password (one that was right lately) is accepted. */
  | 'verified only'
  | 'refuse'
  /** Too many wrong passwords came from this source. The client should try again later. */
  | 'later'

/** What was locked: an account, an address, or an administrator's account for one address or for all new addresses. */
export type LockOutKind = 'account' | 'address' | 'administrator' | 'administratorEverywhere'

/** A lock-out that begins, or begins again. */
export interface LockOut {
  readonly kind: LockOutKind
  /** Id of the account; `undefined` for a lock-out that concerns all accounts. */
  readonly account: string | undefined
  /** Source of the last wrong password; `''` when it is unknown. */
  readonly source: string
  /** Duration in seconds, unless it is extended. */
  readonly seconds: number
}

/** Limit for one account from all sources together, as a multiple of `attempts`. */
const LOCKS_OF_ALL = 10
/** Limit for a locked source, as a multiple of `attempts`. From there on it may not use a cached password either. */
const LOCKS_WHILE_LOCKED = 20
/** Limit for one source over all accounts, as a multiple of `attempts`, or the number of accounts if that is more. */
const LOCKS_OF_SOURCE = 20
/** Most keys (sources, unknown names) in each count. */
const MOST_KEPT = 10_000

export interface GuardOptions {
  readonly lockout: LockoutLimits
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  readonly records: RecordStore | undefined
  /** Called at the beginning of each lock-out. */
  readonly lockedOut: (lockOut: LockOut) => void
}

/** Counts wrong passwords and decides about each attempt to sign in. */
export class Guard {
  readonly #lockedOut: GuardOptions['lockedOut']
  #limits: LockoutLimits
  /** Number of accounts. */
  #accounts = 0
  readonly #users: Lockouts
  readonly #familiar = new Familiar()
  /** By account, for all sources together. A right password does not clear it, because the guesser did not send it. */
  readonly #byAccount: Counts
  /** By administrator and source. */
  readonly #here: Counts
  readonly #bySource: Counts
  /** Unknown names are locked like users. Otherwise the duration of a refusal would show which users exist. */
  readonly #strangers: Counts

  constructor({ lockout, now, records, lockedOut }: GuardOptions) {
    this.#lockedOut = lockedOut
    this.#limits = lockout
    this.#users = new Lockouts(lockout, now, records)
    const counts = () => new Counts({ now, seconds: () => this.#limits.seconds, most: MOST_KEPT })
    this.#byAccount = counts()
    this.#here = counts()
    this.#bySource = counts()
    this.#strangers = counts()
  }

  setLimits(limits: LockoutLimits): void {
    this.#limits = limits
    this.#users.setLimits(limits)
  }

  /** Sets the existing accounts. Locks of users who no longer exist are cleared. */
  setAccounts(accounts: ReadonlyMap<string, Guarded>): void {
    this.#accounts = accounts.size
    for (const key of this.#users.accounts()) if (accounts.get(key)?.principal.kind !== 'user') this.#users.clear(key)
  }

  verdict({ account, name, source }: Attempt): Verdict {
    if (account === undefined) {
      if (this.#isWornOut(source)) return 'later'
      return this.#strangers.of(name) >= this.#limits.attempts ? 'refuse' : 'check'
    }
    const isFamiliar = this.#familiar.has(account.key, source)
    if (!isFamiliar && this.#isWornOut(source)) return 'later'
    return account.principal.kind === 'administrator'
      ? this.#ofAdministrator(account.key, source, isFamiliar)
      : this.#ofUser(account.key)
  }

  /** Counts a wrong password. `checked` is false when only the cached password would have been accepted. */
  failed({ account, name, source }: Attempt, checked: boolean): void {
    const { attempts, seconds } = this.#limits
    const told = (kind: LockOutKind, id?: string) => this.#lockedOut({ kind, account: id, source, seconds })
    if (checked && source !== '' && this.#bySource.add(source, this.#mostOfSource())) told('address')
    // An unknown name is not reported, because it may be a password that was typed into the wrong field.
    if (account === undefined) return void this.#strangers.add(name, attempts)
    const { key, principal } = account
    const isGuessed = checked && this.#byAccount.add(key, attempts * LOCKS_OF_ALL)
    if (principal.kind === 'user') {
      if (this.#users.failed(key) || isGuessed) told('account', principal.id)
      return
    }
    if (isGuessed) told('administratorEverywhere', principal.id)
    if (this.#here.add(hereOf(key, source), attempts)) told('administrator', principal.id)
  }

  /** Notes a right password. `checked` is false when it came from the cache. */
  passed({ key, principal }: Guarded, source: string, checked: boolean): void {
    this.#familiar.add(key, source)
    if (principal.kind === 'user') this.#users.clear(key)
    // A cached password clears no count: a page that polls would otherwise let a guesser at the same source continue.
    else if (checked) this.#here.forget(hereOf(key, source))
  }

  /** Forgets an account that no longer exists or has another password. */
  forget(key: string): void {
    this.#users.clear(key)
    this.#byAccount.forget(key)
    this.#familiar.forget(key)
  }

  /** Forgets everything. The records were already emptied by the caller. */
  forgetAll(): void {
    this.#users.forget()
    for (const counts of [this.#byAccount, this.#here, this.#bySource, this.#strangers]) counts.forgetAll()
  }

  #ofUser(key: string): Verdict {
    return this.#users.isLocked(key) || this.#isGuessed(key) ? 'refuse' : 'check'
  }

  #ofAdministrator(key: string, source: string, isFamiliar: boolean): Verdict {
    const { attempts } = this.#limits
    // Loopback is never refused here, so an administrator on this machine can always sign in.
    if (this.#isGuessed(key) && !isFamiliar && !isLoopback(source)) return 'refuse'
    const failures = this.#here.of(hereOf(key, source))
    if (failures < attempts) return 'check'
    return isFamiliar && failures < attempts * LOCKS_WHILE_LOCKED ? 'verified only' : 'refuse'
  }

  #isGuessed(key: string): boolean {
    return this.#byAccount.of(key) >= this.#limits.attempts * LOCKS_OF_ALL
  }

  /** Has the source reached its limit? Callers without an address have none, because they may be different clients. */
  #isWornOut(source: string): boolean {
    return source !== '' && this.#bySource.of(source) >= this.#mostOfSource()
  }

  #mostOfSource(): number {
    return Math.max(this.#limits.attempts * LOCKS_OF_SOURCE, this.#accounts)
  }
}

const hereOf = (account: string, source: string) => JSON.stringify([account, source])
