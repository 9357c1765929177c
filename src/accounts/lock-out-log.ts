/** Counts lock-outs for metrics and logs them. Neither contains a typed name or a password. */
import { contained } from '../engine/contained.ts'
import type { LockOut, LockOutKind } from './guard.ts'

/** The part of a logger that this module needs, such as a pino logger. */
export interface LockOutLogger {
  warn(about: object, message: string): void
}

export type LockOutFigures = Readonly<Record<LockOutKind, number>>

const MESSAGES: Readonly<Record<LockOutKind, string>> = {
  account: 'too many wrong passwords: the account is locked',
  address:
    'too many wrong passwords from this address: it has to try again later, except for accounts that it has signed in to before',
  administrator:
    "too many wrong passwords for an administrator: this address is locked out from the administrator's account",
  administratorEverywhere:
    'too many wrong passwords for an administrator: only addresses that have sent the right password before may sign in',
}

/** Most lines in a time of `ms`. An attacker with many addresses causes many lock-outs and must not fill the log. */
const LINES = { most: 20, ms: 60_000 }

/** Counts and logs lock-outs. */
export class LockOutLog {
  readonly #figures: Record<LockOutKind, number> = {
    account: 0,
    address: 0,
    administrator: 0,
    administratorEverywhere: 0,
  }
  readonly #now: () => number
  readonly #log: LockOutLogger | undefined
  #lines = 0
  #since = Number.NEGATIVE_INFINITY
  /** Lock-outs that were not logged since the last logged one. */
  #untold = 0

  /** `now`: milliseconds since 1970 UTC. */
  constructor(now: () => number, log: LockOutLogger | undefined) {
    this.#now = now
    this.#log = log
  }

  /** How often each kind of lock-out has happened. */
  get figures(): LockOutFigures {
    return this.#figures
  }

  tell({ kind, account, source, seconds }: LockOut): void {
    this.#figures[kind] += 1
    if (!this.#mayTell()) {
      this.#untold += 1
      return
    }
    const untold = this.#untold === 0 ? {} : { untold: this.#untold }
    this.#untold = 0
    const from = source === '' ? {} : { address: source }
    const about = { ...(account === undefined ? {} : { account }), ...from, seconds, ...untold }
    contained(() => this.#log?.warn(about, MESSAGES[kind]))
  }

  #mayTell(): boolean {
    const now = this.#now()
    const age = now - this.#since
    if (age < 0 || age >= LINES.ms) {
      this.#since = now
      this.#lines = 0
    }
    this.#lines += 1
    return this.#lines <= LINES.most
  }
}
