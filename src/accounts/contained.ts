/** Protects the server from faulty accounts of the embedding program: each request still gets an answer. */
import { contained } from '../engine/contained.ts'
import type { AccessTokens, Accounts, Principal } from './api.ts'

/** Longest wait for a verification, in ms. */
const ANSWER_MS = 30_000

/** The accounts did not verify a password in time. */
export class AccountsSilent extends Error {
  constructor() {
    super(`the accounts have not answered within ${ANSWER_MS / 1000} s`)
    this.name = 'AccountsSilent'
  }
}

/**
 * The same accounts, but `verify` rejects after `answerMs` (with `AccountsSilent`, unless they limit themselves) and for
 * an answer that is no principal, and the other methods never throw. `failed` gets the errors of the other methods. When
 * `has` fails, the account is taken to exist. `idOf`: the id of a user as the directory writes it.
 */
export function containedAccounts(
  accounts: Accounts,
  failed: (error: unknown) => void = () => undefined,
  answerMs = ANSWER_MS,
  idOf: (id: string) => string = (id) => id,
): Accounts {
  const orElse = <T>(ask: () => unknown, isRight: (answer: unknown) => answer is T, otherwise: T): T => {
    try {
      const answer = ask() ?? otherwise
      if (isRight(answer)) return answer
      // The answer may be a promise. It cannot be awaited here, but its rejection must be handled.
      contained(() => answer)
      failed(new TypeError('the accounts returned a value of the wrong type'))
    } catch (error) {
      failed(error)
    }
    return otherwise
  }
  const verify = async (...given: Parameters<Accounts['verify']>) => checked(await accounts.verify(...given), idOf)
  const { limitsItself = false } = accounts
  return {
    verify: limitsItself ? verify : (...given) => inTime(() => verify(...given), answerMs),
    limitsItself,
    has: (principal) => orElse(() => accounts.has?.(principal), isBoolean, true),
    seal: (principal, key) => orElse(() => accounts.seal?.(principal, key), isText, ''),
    administrators: () => orElse(() => accounts.administrators?.(), isListOfNames, []),
    ...(accounts.tokens === undefined ? {} : { tokens: containedTokens(accounts.tokens, failed, answerMs, idOf) }),
  }
}

function containedTokens(
  tokens: AccessTokens,
  failed: (error: unknown) => void,
  answerMs: number,
  idOf: (id: string) => string,
): AccessTokens {
  return {
    mode: tokens.mode,
    verify: (token) => inTime(async () => checked(await tokens.verify(token), idOf), answerMs),
    onEnd: (listener) => {
      const stop = tokens.onEnd?.((user) => contained(() => listener(idOf(user)), failed))
      return () => contained(() => stop?.(), failed)
    },
  }
}

/** @throws TypeError for an answer that is no principal. `null` counts as `undefined`. */
function checked(answer: unknown, idOf: (id: string) => string): Principal | undefined {
  if (answer === undefined || answer === null) return undefined
  if (!isPrincipal(answer)) throw new TypeError('verify of the accounts answered with a value that is no principal')
  return answer.kind === 'user' ? { ...answer, id: idOf(answer.id) } : answer
}

const isPrincipal = (answer: unknown): answer is Principal =>
  typeof answer === 'object' &&
  answer !== null &&
  'id' in answer &&
  typeof answer.id === 'string' &&
  'kind' in answer &&
  (answer.kind === 'user' || answer.kind === 'administrator')

const isBoolean = (answer: unknown): answer is boolean => typeof answer === 'boolean'

const isText = (answer: unknown): answer is string => typeof answer === 'string'

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
