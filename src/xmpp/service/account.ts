/** Local part of the server's own account: publisher and health beacon (`notifications 2`). */
export const GATEWAY_ACCOUNT = 'finesse'

/** Who a stream is signed in as. */
export interface Account {
  /** User id or account name as the directory writes it. */
  readonly id: string
  /** Local part of its JID. */
  readonly local: string
  readonly kind: 'user' | 'administrator' | 'gateway'
}

/**
 * Finds the account of a name and a password that came from an address; `undefined` for any refusal. Rejects with
 * `AccountsBusyError` for "try again later".
 */
export type Authenticate = (name: string, password: string, source: string | undefined) => Promise<Account | undefined>
