/**
 * Signs callers in: by name and password, by an access token of single sign-on, by the session of such a sign-in, or by a
 * ticket for one stream.
 */
import type { Accounts, Principal } from '../../accounts/api.ts'
import { basicCredentials } from '../../accounts/basic.ts'
import { bearerToken, type SignedIn, verifyPasswordOrToken } from '../../accounts/bearer.ts'
import { AccountsBusyError } from '../../accounts/index.ts'
import { type FromCaller, sourceOf } from '../../http/index.ts'
import type { Admission } from './admission.ts'
import { Passes } from './passes.ts'
import { AccessRefusal } from './refusal.ts'

export interface GateOptions<Grant> {
  readonly accounts: Accounts
  /** The rights of a principal. Called at each request; `undefined` refuses it. */
  readonly grantOf: (principal: Principal) => Grant | undefined
  /** Who may sign in, for the message of a refusal: `an administrator`. */
  readonly wanted: string
  /** The id of a user with this id or login name. Default: names are ids. */
  readonly idOf?: (name: string) => string
  /** Milliseconds of a monotonic clock. Default: the clock of this process. */
  readonly now?: () => number
}

/** A caller who has signed in. */
export interface Admitted<Grant> extends SignedIn {
  readonly grant: Grant
}

const TICKET_MS = 30_000
/** Longer than for a ticket, because people read and open a link. */
const LINK_MS = 600_000
const SESSION_MS = 15 * 60_000
/** After this time a session ends even if it is in use, and the password is needed again. */
const LONGEST_SESSION_MS = 12 * 3_600_000
const TICKETS_MOST = 1000
const SESSIONS_MOST = 1000
const LINKS_MOST = 100
const BEARER = /^bearer +([\w-]{1,128}) *$/i

export class Gate<Grant> {
  readonly #options: GateOptions<Grant>
  readonly #tickets: Passes<SignedIn>
  readonly #sessions: Passes<SignedIn>
  readonly #links: Passes<SignedIn>
  /** Called with the id of a user whose last access token has ended. */
  readonly #onTokenEnd = new Set<(user: string) => void>()
  readonly #stop: () => void

  constructor(options: GateOptions<Grant>) {
    this.#options = options
    const { now = () => performance.now() } = options
    this.#tickets = new Passes({ use: 'once', lifeMs: TICKET_MS, most: TICKETS_MOST, now })
    this.#links = new Passes({ use: 'once', lifeMs: LINK_MS, most: LINKS_MOST, now })
    this.#sessions = new Passes({
      use: 'again and again',
      lifeMs: SESSION_MS,
      longestMs: LONGEST_SESSION_MS,
      most: SESSIONS_MOST,
      now,
    })
    this.#stop = options.accounts.tokens?.onEnd?.((user) => this.#tokenEnded(user)) ?? (() => undefined)
  }

  /**
   * `ended` is called when an admission by an access token ends, with the last token of the user. The returned function
   * takes it away.
   */
  whenOver({ principal, byToken }: SignedIn, ended: () => void): () => void {
    if (!byToken) return () => undefined
    const listener = (user: string) => (user === principal.id ? ended() : undefined)
    this.#onTokenEnd.add(listener)
    return () => this.#onTokenEnd.delete(listener)
  }

  /** Listens to the accounts no longer. */
  close(): void {
    this.#stop()
  }

  /** A pass for the fragment of a link. The first who opens the link within ten minutes signs in as `principal`. */
  link(principal: Principal): string {
    return this.#links.issue({ principal, byToken: false })
  }

  /**
   * Signs a caller in by `Authorization`: Basic, Bearer with an access token, Bearer with a session, which is continued,
   * or Bearer with the pass of a link.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async admit(caller: FromCaller): Promise<Admitted<Grant> & { readonly admission: Admission }> {
    const { authorization } = caller.headers
    const bearer = BEARER.exec(authorization ?? '')?.[1]
    const linked = bearer === undefined ? undefined : this.#links.holder(bearer)
    const session = linked ? undefined : bearer
    const admitted = linked ? this.#granted(linked, '', '') : await this.#bySessionOrSecret(session, caller)
    const { principal, byToken } = admitted
    const admission = {
      ticket: this.#tickets.issue({ principal, byToken }),
      ticketMs: TICKET_MS,
      session: session ?? this.#sessions.issue({ principal, byToken }),
      sessionMs: SESSION_MS,
    }
    return { ...admitted, admission }
  }

  /**
   * Signs a caller in for a stream or a request: by a ticket if given, else by `Authorization` as in `admit`, without links.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async enter(ticket: string | null, caller: FromCaller): Promise<Admitted<Grant>> {
    if (ticket !== null)
      return this.#granted(this.#tickets.holder(ticket), 'ticket', 'the ticket was used before, or has expired')
    return this.#bySessionOrSecret(BEARER.exec(caller.headers.authorization ?? '')?.[1], caller)
  }

  /** Forgets all tickets, links and sessions: everybody has to sign in again. */
  forgetAll(): void {
    this.#links.forgetAll()
    this.#tickets.forgetAll()
    this.#sessions.forgetAll()
  }

  #tokenEnded(user: string): void {
    const isGone = ({ principal, byToken }: SignedIn) => byToken && principal.id === user
    this.#tickets.forget(isGone)
    this.#sessions.forget(isGone)
    for (const listener of [...this.#onTokenEnd]) listener(user)
  }

  /** An access token has dots, and a session has none. */
  async #bySessionOrSecret(session: string | undefined, caller: FromCaller) {
    return session === undefined ? this.#bySecret(caller) : this.#bySession(session)
  }

  #bySession(session: string): Admitted<Grant> {
    return this.#granted(this.#sessions.holder(session), 'Authorization', 'the session has expired: sign in again')
  }

  async #bySecret(caller: FromCaller): Promise<Admitted<Grant>> {
    const { authorization } = caller.headers
    const { accounts, idOf = (name) => name } = this.#options
    const token = accounts.tokens && bearerToken(authorization)
    if (token !== undefined) {
      const principal = await this.#verified(async () => accounts.tokens?.verify(token))
      return this.#granted(principal && { principal, byToken: true }, 'Authorization', 'the access token is not valid')
    }
    const credentials = basicCredentials(authorization)
    if (!credentials)
      throw new AccessRefusal('UNAUTHENTICATED', 'Authorization', 'a name and a password are needed (HTTP Basic)')
    const { name, password } = credentials
    const signedIn = await this.#verified(() =>
      verifyPasswordOrToken(accounts, [name, password], sourceOf(caller), idOf),
    )
    return this.#granted(signedIn, 'Authorization', 'the name or the password is wrong, or the account is locked')
  }

  async #verified<T>(verify: () => Promise<T>): Promise<T> {
    try {
      return await verify()
    } catch (error) {
      if (!(error instanceof AccountsBusyError)) throw error
      throw new AccessRefusal('UNAVAILABLE', 'Authorization', `${error.message}, try again later`)
    }
  }

  #granted(signedIn: SignedIn | undefined, about: string, otherwise: string): Admitted<Grant> {
    if (!signedIn) throw new AccessRefusal('UNAUTHENTICATED', about, otherwise)
    const { principal } = signedIn
    const grant = this.#options.grantOf(principal)
    if (grant === undefined)
      throw new AccessRefusal('FORBIDDEN', principal.id, `${principal.id} is not ${this.#options.wanted}`)
    return { ...signedIn, grant }
  }
}
