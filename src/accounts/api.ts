/** Who signs in, and with what right: used by REST and XMPP alike. */
import { type CodeOf, InvalidArgument, MrdianError } from '../errors/mrdian-error.ts'
import { containedAccounts } from './contained.ts'

/** A caller whose credentials were verified. */
export interface Principal {
  /** User id (never the login name), or the administrator's account name. */
  readonly id: string
  readonly kind: 'user' | 'administrator'
}

/** More sign-ins wait than the server is ready to keep; the caller should answer "try again". */
export class AccountsBusyError extends MrdianError {
  override readonly name = 'AccountsBusyError'
  readonly code: CodeOf<'AccountsBusyError'> = 'ACCOUNTS_BUSY'
}

export interface Accounts {
  /**
   * Verifies a name (user id, login name or administrator account; XMPP compares case-insensitively) and a password.
   * `undefined` for a wrong password, an unknown name and a locked account alike (ruling 20). Never blocks the event loop.
   * `address`: where the caller is, for limits by source; callers without one have none of their own.
   */
  verify(name: string, password: string, address?: string): Promise<Principal | undefined>
  /** Does this account still exist? Sessions of accounts that do not are ended when the directory was reloaded. */
  has?(principal: Principal): boolean
  /** Ids of the administrators there are now: they may subscribe to every node of an XMPP server outside. */
  administrators?(): readonly string[]
}

/** An engine that came with the accounts of its directory, as `createEngine` of the package returns it. */
export interface HasAccounts {
  readonly accounts?: Accounts
}

/**
 * The accounts that were given, else those of the engine; `failed` hears of what they throw where nobody else does. Throws
 * `InvalidArgument` when there are none.
 */
export function accountsOf(
  given: Accounts | undefined,
  engine: HasAccounts,
  failed?: (error: unknown) => void,
): Accounts {
  const accounts = given ?? engine.accounts
  if (!accounts)
    throw new InvalidArgument('who may sign in? give `accounts`, or an engine that was made from a loaded directory')
  return containedAccounts(accounts, failed)
}
