/** Verification of callers, used by REST and XMPP alike. */
import { lookup } from '../directory/lookup.ts'
import type { Directory } from '../directory/model.ts'
import { type CodeOf, InvalidArgument, MrdianError } from '../errors/mrdian-error.ts'
import { containedAccounts } from './contained.ts'

/** A caller whose credentials were verified. */
export interface Principal {
  /**
   * The id of the user, or the name of the administrator. If the accounts give the id of a user in another case, or the
   * login name, REST and XMPP use the id as the directory writes it.
   */
  readonly id: string
  readonly kind: 'user' | 'administrator'
}

/** Too many sign-ins wait, or too many wrong passwords came from one address. The client should try again later. */
export class AccountsBusyError extends MrdianError {
  override readonly name = 'AccountsBusyError'
  readonly code: CodeOf<'AccountsBusyError'> = 'ACCOUNTS_BUSY'
}

/** Verifies access tokens, which users send instead of a password (`user 1.3`; `notifications 3.2`). */
export interface AccessTokens {
  /** What SystemInfo shows. `SSO`: users need tokens. `HYBRID`: passwords are accepted as well. */
  readonly mode: 'SSO' | 'HYBRID'
  /**
   * Resolves with the user, or with `undefined` for a token that is not valid. Rejections are answered as those of
   * `Accounts.verify`. REST calls it for each request, XMPP once for each sign-in.
   */
  verify(token: string): Promise<Principal | undefined>
  /**
   * Calls `listener` with the id of a user when the last token of the user has ended that `verify` accepted. XMPP then
   * ends the sessions that were signed in with a token. The returned function takes the listener away.
   */
  onEnd?(listener: (user: string) => void): () => void
}

/** Verifies the names and passwords of callers. The embedding program may bring its own. */
export interface Accounts {
  /**
   * Verifies a name (user id, login name or administrator account; XMPP compares case-insensitively) and a password.
   * Resolves with `undefined` for a wrong password, an unknown name and a locked account alike (ruling 20). Never
   * blocks the event loop. `address`: the caller's address, for limits by source. Callers without an address have no
   * such limit.
   *
   * | `verify` | REST | XMPP |
   * |---|---|---|
   * | resolves with `undefined` | 401 | `not-authorized` |
   * | rejects with `AccountsBusyError`: "try again later" | 503 | `temporary-auth-failure` |
   * | rejects or throws otherwise, or resolves with a value that is no principal | 500, logged | `temporary-auth-failure`, logged |
   * | has not answered after 30 seconds, without `limitsItself` | as for an error | as for an error |
   *
   * REST calls it for each request, so a slow one delays each answer by its time. XMPP calls it once for each sign-in.
   */
  verify(name: string, password: string, address?: string): Promise<Principal | undefined>
  /** Access tokens (single sign-on). Without it, callers sign in with passwords only. */
  readonly tokens?: AccessTokens | undefined
  /**
   * True for accounts that always answer and limit by themselves how many checks wait. A sign-in then may wait for its
   * turn as long as its client does. The accounts of a directory are such accounts: after a start, thousands of agents
   * with hashed passwords may sign in at once.
   */
  readonly limitsItself?: boolean | undefined
  /** Does this account still exist? After a reload of the directory, sessions of removed accounts are ended. */
  has?(principal: Principal): boolean
  /**
   * A mark of the password that the account has now: another one after each change of it. `key` is secret and random, so
   * the mark says nothing about the password to who does not have it. Sign-ins of pages that outlive a restart end with
   * it. Without this method they end by their time only, and with the account.
   */
  seal?(principal: Principal, key: string): string | undefined
  /** Ids of the current administrators. They may subscribe to every node of an external XMPP server. */
  administrators?(): readonly string[]
}

/** An engine with the accounts of its directory, as `createEngine` of the package returns it. */
export interface HasAccounts {
  readonly accounts?: Accounts | undefined
}

/**
 * The given accounts, else those of the engine. `failed` gets the errors that `has` and `administrators` throw. Throws
 * `InvalidArgument` when there are no accounts.
 */
export function accountsOf(
  given: Accounts | undefined,
  engine: HasAccounts & { readonly get?: { directory(): Directory } },
  failed?: (error: unknown) => void,
): Accounts {
  const accounts = given ?? engine.accounts
  if (!accounts)
    throw new InvalidArgument('no accounts: give `accounts`, or an engine that was created from a loaded directory')
  const idOf = (id: string) => (engine.get && lookup(engine.get.directory()).userByName(id)?.id) ?? id
  return containedAccounts(accounts, failed, undefined, idOf)
}
