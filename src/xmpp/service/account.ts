/** Local part of the server's own account, which publishes and is the health beacon (`notifications 2`). */
export const GATEWAY_ACCOUNT = 'finesse'

/** The account that a stream is signed in with. */
export interface Account {
  /** User id or account name, in the spelling of the directory. */
  readonly id: string
  /** Local part of its JID. */
  readonly local: string
  readonly kind: 'user' | 'administrator' | 'gateway'
  /** Signed in with an access token, so the session ends when the user has no valid token any more. */
  readonly byToken?: boolean
}

/**
 * Checks a name and a password that came from the address `source`. Resolves with the account, or `undefined` for any
 * refusal. Rejects with `AccountsBusyError` when the client should try again later.
 */
export type Authenticate = (name: string, password: string, source: string | undefined) => Promise<Account | undefined>
