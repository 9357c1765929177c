/** The accounts of a host: whatever they do, a request has its answer and a session its end. */
import { contained } from '../engine/contained.ts'
import type { Accounts, Principal } from './api.ts'

/** Who asks is not kept waiting for longer, in ms. */
const ANSWER_MS = 30_000

/** The accounts have not said in time whether a password is right. */
export class AccountsSilent extends Error {
  constructor() {
    super(`the accounts have not answered within ${ANSWER_MS / 1000} s`)
    this.name = 'AccountsSilent'
  }
}

/**
 * The same accounts; `verify` rejects rather than keep anybody waiting for ever, and nothing else throws. `failed` hears
 * of what they throw beside it: an account of which they cannot say whether it exists is taken to exist.
 */
export function containedAccounts(
  accounts: Accounts,
  failed: (error: unknown) => void = () => undefined,
  answerMs = ANSWER_MS,
): Accounts {
  const orElse = <T>(ask: () => unknown, isRight: (answer: unknown) => answer is T, otherwise: T): T => {
    try {
      const answer = ask() ?? otherwise
      if (isRight(answer)) return answer
      // A promise, perhaps: nobody can wait for it here.
      contained(() => answer)
      failed(new TypeError('the accounts answer with something else than is asked for'))
    } catch (error) {
      failed(error)
    }
    return otherwise
  }
  return {
    verify: (...given) => inTime(async () => accounts.verify(...given), answerMs),
    has: (principal) => orElse(() => accounts.has?.(principal), isBoolean, true),
    administrators: () => orElse(() => accounts.administrators?.(), isListOfNames, []),
  }
}

const isBoolean = (answer: unknown): answer is boolean => typeof answer === 'boolean'

const isListOfNames = (answer: unknown): answer is readonly string[] =>
  Array.isArray(answer) && answer.every((each) => typeof each === 'string')

function inTime(verify: () => Promise<Principal | undefined>, ms: number): Promise<Principal | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AccountsSilent()), ms)
    timer.unref()
    verify()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
