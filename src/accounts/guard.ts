/**
 * Whether a password is looked at: what slows down whoever guesses, without letting strangers keep people out.
 *
 * - A user's account is locked by so many wrong passwords in a row, for everybody (`user 1.4`, ruling 20).
 * - An administrator's is not, or any stranger could keep the administrator out. The source that guesses is refused; all
 *   sources together have a bound as well, which holds for those that the right password has not come from before.
 * - Each source has a bound over all accounts.
 */
import type { RecordStore } from '../engine/ports.ts'
import { isLoopback } from '../sockets/index.ts'
import type { Principal } from './api.ts'
import { Counts } from './counts.ts'
import { Familiar } from './familiar.ts'
import { type LockoutLimits, Lockouts } from './lockouts.ts'

/** An account as the guard sees it. */
export interface Guarded {
  /** Folded id. */
  readonly key: string
  readonly principal: Principal
}

/** An attempt to sign in. */
export interface Attempt {
  /** `undefined` for a name that nobody has. */
  readonly account: Guarded | undefined
  /** Folded. */
  readonly name: string
  readonly source: string
}

export type Verdict =
  /** The password is checked. */
  | 'check'
  /** Only a password that was right lately lets in. */
  | 'verified only'
  | 'refuse'
  /** Too many wrong passwords came from this source. */
  | 'later'

/** What was locked: an account, an address, an administrator's account for an address, or for all that are new. */
export type LockOutKind = 'account' | 'address' | 'administrator' | 'administratorEverywhere'

export interface LockOut {
  readonly kind: LockOutKind
  /** Id of the account that it is about; `undefined` where it is about all. */
  readonly account: string | undefined
  /** Where the last wrong password came from; empty where that is not known. */
  readonly source: string
  /** How long it lasts, unless it is extended. */
  readonly seconds: number
}

/** Wrong passwords for one account from all sources together, in locks of a single one. */
const LOCKS_OF_ALL = 10
/** Wrong passwords during the lock of one source, in locks: then the password that was right lately is refused as well. */
const LOCKS_WHILE_LOCKED = 20
/** Wrong passwords of one source for all accounts, in locks; an account each, where there are more accounts than that. */
const LOCKS_OF_SOURCE = 20
/** Sources, and names of nobody, of which something is remembered. */
const MOST_KEPT = 10_000

export interface GuardOptions {
  readonly lockout: LockoutLimits
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  readonly records: RecordStore | undefined
  /** Hears of each lock-out as it begins. */
  readonly lockedOut: (lockOut: LockOut) => void
}

export class Guard {
  readonly #lockedOut: GuardOptions['lockedOut']
  #limits: LockoutLimits
  /** Accounts there are. */
  #accounts = 0
  readonly #users: Lockouts
  readonly #familiar = new Familiar()
  /** By account, all sources together. A right password does not clear it: the guesser did not have it. */
  readonly #byAccount: Counts
  /** By administrator and source. */
  readonly #here: Counts
  readonly #bySource: Counts
  /** Names of nobody are locked like those of users, or the time of a refusal would tell who exists. */
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

  /** Who exists; what is known of others is forgotten. */
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

  /** A wrong password; `checked` is false where none but the one that was right lately would have been taken. */
  failed({ account, name, source }: Attempt, checked: boolean): void {
    const { attempts, seconds } = this.#limits
    const told = (kind: LockOutKind, id?: string) => this.#lockedOut({ kind, account: id, source, seconds })
    if (checked && source !== '' && this.#bySource.add(source, this.#mostOfSource())) told('address')
    // A name that nobody has may be a password typed in the wrong place: nothing is told of it.
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

  /** A right password; `checked` is false where it was known to be right from lately. */
  passed({ key, principal }: Guarded, source: string, checked: boolean): void {
    this.#familiar.add(key, source)
    if (principal.kind === 'user') this.#users.clear(key)
    // A page that asks every second must not make room for whoever guesses beside it.
    else if (checked) this.#here.forget(hereOf(key, source))
  }

  /** The account is gone, or has another password: everybody begins anew. */
  forget(key: string): void {
    this.#users.clear(key)
    this.#byAccount.forget(key)
    this.#familiar.forget(key)
  }

  /** The records were emptied by somebody else. */
  forgetAll(): void {
    this.#users.forget()
    for (const counts of [this.#byAccount, this.#here, this.#bySource, this.#strangers]) counts.forgetAll()
  }

  #ofUser(key: string): Verdict {
    return this.#users.isLocked(key) || this.#isGuessed(key) ? 'refuse' : 'check'
  }

  #ofAdministrator(key: string, source: string, isFamiliar: boolean): Verdict {
    const { attempts } = this.#limits
    // Nobody but this machine comes from loopback: there is always one way in.
    if (this.#isGuessed(key) && !isFamiliar && !isLoopback(source)) return 'refuse'
    const failures = this.#here.of(hereOf(key, source))
    if (failures < attempts) return 'check'
    return isFamiliar && failures < attempts * LOCKS_WHILE_LOCKED ? 'verified only' : 'refuse'
  }

  #isGuessed(key: string): boolean {
    return this.#byAccount.of(key) >= this.#limits.attempts * LOCKS_OF_ALL
  }

  /** Callers without an address may be anybody. */
  #isWornOut(source: string): boolean {
    return source !== '' && this.#bySource.of(source) >= this.#mostOfSource()
  }

  #mostOfSource(): number {
    return Math.max(this.#limits.attempts * LOCKS_OF_SOURCE, this.#accounts)
  }
}

const hereOf = (account: string, source: string) => JSON.stringify([account, source])
