/** Who signs in, and with what right: used by REST and XMPP alike. */

/** A caller whose credentials were verified. */
export interface Principal {
  /** User id (never the login name), or the administrator's account name. */
  readonly id: string
  readonly kind: 'user' | 'administrator'
}

export interface Accounts {
  /**
   * Verifies a name (user id, login name or administrator account; XMPP compares case-insensitively) and a password.
   * `undefined` for a wrong password, an unknown name and a locked account alike (ruling 20); takes the same time.
   * Never blocks the event loop.
   */
  verify(name: string, password: string): Promise<Principal | undefined>
}
