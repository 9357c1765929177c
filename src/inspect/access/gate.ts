/** Who comes in: by name and password, by a session that came of them, or by a ticket for one stream. */
import type { Accounts, Principal } from '../../accounts/api.ts'
import { type BasicCredentials, basicCredentials } from '../../accounts/basic.ts'
import { AccountsBusyError } from '../../accounts/index.ts'
import { type FromCaller, sourceOf } from '../../http/index.ts'
import type { Admission } from './admission.ts'
import { Passes } from './passes.ts'
import { AccessRefusal } from './refusal.ts'

export interface GateOptions<Grant> {
  readonly accounts: Accounts
  /** What somebody may, asked anew each time; `undefined` refuses. */
  readonly grantOf: (principal: Principal) => Grant | undefined
  /** Who may come in, for the refusal: `an administrator`. */
  readonly wanted: string
  /** Milliseconds that pass, from wherever; time of this process unless given. */
  readonly now?: () => number
}

/** Somebody who may come in. */
export interface Admitted<Grant> {
  readonly principal: Principal
  readonly grant: Grant
}

const TICKET_MS = 30_000
/** A link is printed, read and opened by people. */
const LINK_MS = 600_000
const SESSION_MS = 15 * 60_000
/** After so long the password is asked for again, however busy a session is. */
const LONGEST_SESSION_MS = 12 * 3_600_000
const TICKETS_MOST = 1000
const SESSIONS_MOST = 1000
const LINKS_MOST = 100
const BEARER = /^bearer +([\w-]{1,128}) *$/i

export class Gate<Grant> {
  readonly #options: GateOptions<Grant>
  readonly #tickets: Passes<Principal>
  readonly #sessions: Passes<Principal>
  readonly #links: Passes<Principal>

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
  }

  /** A pass for the fragment of a link: whoever opens the link first, within ten minutes, signs in as `principal`. */
  link(principal: Principal): string {
    return this.#links.issue(principal)
  }

  /**
   * Signs in: `Authorization` with Basic, with Bearer and a session, which is then continued, or with Bearer and the pass
   * of a link.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async admit(caller: FromCaller): Promise<Admitted<Grant> & { readonly admission: Admission }> {
    const { authorization } = caller.headers
    const bearer = BEARER.exec(authorization ?? '')?.[1]
    const linked = bearer === undefined ? undefined : this.#links.holder(bearer)
    const session = linked ? undefined : bearer
    const admitted = linked ? this.#granted(linked, '', '') : await this.#bySessionOrPassword(session, caller)
    const { principal } = admitted
    const admission = {
      ticket: this.#tickets.issue(principal),
      ticketMs: TICKET_MS,
      session: session ?? this.#sessions.issue(principal),
      sessionMs: SESSION_MS,
    }
    return { ...admitted, admission }
  }

  /**
   * Opens a stream: a ticket, else `Authorization` as for `admit`.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async enter(ticket: string | null, caller: FromCaller): Promise<Admitted<Grant>> {
    if (ticket !== null) return this.#granted(this.#tickets.holder(ticket), 'ticket', 'the ticket was used, or is over')
    return this.#bySessionOrPassword(BEARER.exec(caller.headers.authorization ?? '')?.[1], caller)
  }

  /** Everybody has to sign in again. */
  forgetAll(): void {
    this.#links.forgetAll()
    this.#tickets.forgetAll()
    this.#sessions.forgetAll()
  }

  async #bySessionOrPassword(session: string | undefined, caller: FromCaller) {
    return session === undefined ? this.#byPassword(caller) : this.#bySession(session)
  }

  #bySession(session: string): Admitted<Grant> {
    return this.#granted(this.#sessions.holder(session), 'Authorization', 'the session is over: sign in again')
  }

  async #byPassword(caller: FromCaller): Promise<Admitted<Grant>> {
    const credentials = basicCredentials(caller.headers.authorization)
    if (!credentials)
      throw new AccessRefusal('UNAUTHENTICATED', 'Authorization', 'a name and a password are needed (HTTP Basic)')
    const principal = await this.#verify(credentials, sourceOf(caller))
    return this.#granted(principal, 'Authorization', 'the name or the password is wrong, or the account is locked')
  }

  async #verify({ name, password }: BasicCredentials, source: string | undefined): Promise<Principal | undefined> {
    try {
      return await this.#options.accounts.verify(name, password, source)
    } catch (error) {
      if (!(error instanceof AccountsBusyError)) throw error
      throw new AccessRefusal('UNAVAILABLE', 'Authorization', `${error.message}, try again later`)
    }
  }

  #granted(principal: Principal | undefined, about: string, otherwise: string): Admitted<Grant> {
    if (!principal) throw new AccessRefusal('UNAUTHENTICATED', about, otherwise)
    const grant = this.#options.grantOf(principal)
    if (grant === undefined)
      throw new AccessRefusal('FORBIDDEN', principal.id, `${principal.id} is not ${this.#options.wanted}`)
    return { principal, grant }
  }
}
