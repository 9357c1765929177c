/**
 * Signs callers in: by name and password, by an access token of single sign-on, by the cookie of such a sign-in, by the
 * link of a wallboard, or by a ticket for one stream.
 */
import type { Accounts, Principal } from '../../accounts/api.ts'
import { basicCredentials } from '../../accounts/basic.ts'
import { bearerToken, verifyPasswordOrToken } from '../../accounts/bearer.ts'
import { AccountsBusyError, IDLE_MS, type Kiosks, type PageSignIns } from '../../accounts/index.ts'
import { sourceOf } from '../../http/index.ts'
import type { Admission } from './admission.ts'
import { type CookieCaller, cookieOf, secretIn } from './cookie.ts'
import { Passes } from './passes.ts'
import { AccessRefusal } from './refusal.ts'
import type { Visitor } from './visitor.ts'

export interface GateOptions<Grant> {
  readonly accounts: Accounts
  /** The sign-ins, which the pages of one engine share. */
  readonly signIns: PageSignIns
  /** Links of wallboards. Without them no such link is accepted. */
  readonly kiosks?: Pick<Kiosks, 'holder' | 'get' | 'onEnd'> | undefined
  /** The rights of a visitor. Called at each request; `undefined` refuses it. */
  readonly grantOf: (visitor: Visitor) => Grant | undefined
  /** Who may sign in, for the message of a refusal: `an administrator`. */
  readonly wanted: string
  /** The id of a user with this id or login name. Default: names are ids. */
  readonly idOf?: (name: string) => string
  /** Milliseconds of a monotonic clock, for tickets and links. Default: the clock of this process. */
  readonly now?: () => number
}

/** A visitor, and how the visitor came in. */
interface Entered {
  readonly visitor: Visitor
  readonly byToken: boolean
  /** By the pass of a link, which belongs to no account. */
  readonly isLinked?: true
  /** Names the sign-in of the cookie, which ends this admission with it. */
  readonly signIn?: string
}

/** A caller who has come in. */
export interface Admitted<Grant> extends Entered {
  readonly grant: Grant
}

/** A page that has come in. */
export interface AdmittedPage<Grant> extends Admitted<Grant> {
  readonly admission: Admission
  /** For the header `Set-Cookie`; absent for wallboards, whose link is enough. */
  readonly cookie?: string
}

const TICKET_MS = 30_000
/** Longer than for a ticket, because people read and open a link. */
const LINK_MS = 600_000
const TICKETS_MOST = 1000
const LINKS_MOST = 100
/** A secret of this server. An access token of single sign-on has dots. */
const BEARER = /^bearer +([\w-]{1,128}) *$/i

export class Gate<Grant> {
  readonly #options: GateOptions<Grant>
  readonly #tickets: Passes<Entered>
  readonly #links: Passes<Principal>
  /** Called with what has ended: the last access token of a user, a sign-in, the link of a wallboard. */
  readonly #onEnd = new Set<(isOver: (entered: Entered) => boolean) => void>()
  readonly #stops: readonly ((() => void) | undefined)[]

  constructor(options: GateOptions<Grant>) {
    this.#options = options
    const { accounts, signIns, kiosks, now = () => performance.now() } = options
    this.#tickets = new Passes({ lifeMs: TICKET_MS, most: TICKETS_MOST, now })
    this.#links = new Passes({ lifeMs: LINK_MS, most: LINKS_MOST, now })
    this.#stops = [
      accounts.tokens?.onEnd?.((user) => {
        signIns.endOf(({ principal, byToken }) => byToken && principal.id === user)
        this.#ended(({ visitor, byToken }) => byToken && visitor.id === user)
      }),
      signIns.onEnd((key) => this.#ended(({ signIn }) => signIn === key)),
      kiosks?.onEnd((id) => this.#ended(({ visitor }) => visitor.kind === 'kiosk' && visitor.id === id)),
    ]
  }

  /**
   * `ended` is called when an admission ends before its time: with the sign-in, with the last access token of the user,
   * or with the link of the wallboard. The returned function takes it away.
   */
  whenOver(admitted: Entered, ended: () => void): () => void {
    const listener = (isOver: (entered: Entered) => boolean) => (isOver(admitted) ? ended() : undefined)
    this.#onEnd.add(listener)
    return () => this.#onEnd.delete(listener)
  }

  /** Listens to nothing any longer. */
  close(): void {
    for (const stop of this.#stops) stop?.()
  }

  /** A pass for the fragment of a link. The first who opens the link within ten minutes signs in as `principal`. */
  link(principal: Principal): string {
    return this.#links.issue(principal)
  }

  /**
   * Lets a page in by `Authorization`: Basic, or Bearer with an access token, with the pass of a link, or with the secret
   * of a wallboard. All but the last one sign the browser in.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async admit(caller: CookieCaller): Promise<AdmittedPage<Grant>> {
    const { accounts, signIns } = this.#options
    const entered = this.#byBearer(caller) ?? (await this.#bySecret(caller))
    const { visitor, byToken, isLinked } = entered
    const granted = this.#granted(entered)
    if (visitor.kind === 'kiosk') return { ...granted, admission: this.#admission(entered) }
    const former = secretIn(caller)
    if (former !== undefined) await signIns.end(former)
    const secret = await signIns.begin({ principal: visitor, byToken }, isLinked ? undefined : accounts)
    const signIn = signIns.holder(secret, accounts)?.key ?? ''
    return { ...granted, signIn, admission: this.#admission({ ...entered, signIn }), cookie: cookieOf(caller, secret) }
  }

  /**
   * Goes on with the sign-in of the cookie; `undefined` if there is none.
   *
   * @throws AccessRefusal FORBIDDEN
   */
  resume(caller: CookieCaller): AdmittedPage<Grant> | undefined {
    const entered = this.#byCookie(caller)
    return entered && { ...this.#granted(entered), admission: this.#admission(entered) }
  }

  /** Ends the sign-in of the cookie. Resolves with the header that deletes the cookie. */
  async signOut(caller: CookieCaller): Promise<string> {
    const secret = secretIn(caller)
    if (secret !== undefined) await this.#options.signIns.end(secret)
    return cookieOf(caller)
  }

  /**
   * Lets a caller in for a stream or a request: by a ticket if given, else by `Authorization`, else by the cookie.
   *
   * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
   */
  async enter(ticket: string | null, caller: CookieCaller): Promise<Admitted<Grant>> {
    if (ticket !== null) {
      const holder = this.#tickets.holder(ticket)
      if (holder) return this.#granted(holder)
      throw new AccessRefusal('UNAUTHENTICATED', 'ticket', 'the ticket was used before, or has expired')
    }
    const isNamed = caller.headers.authorization !== undefined
    const entered = isNamed ? undefined : this.#byCookie(caller)
    return this.#granted(entered ?? (await this.#bySecret(caller)))
  }

  /** Ends all that belongs to accounts which do not exist any more. Call it when the directory has changed. */
  forgetGone(): void {
    const { accounts, signIns } = this.#options
    signIns.endGone(accounts)
    this.#ended(
      ({ visitor, isLinked, signIn }) =>
        isLinked === undefined &&
        signIn === undefined &&
        visitor.kind !== 'kiosk' &&
        accounts.has?.({ id: visitor.id, kind: visitor.kind }) === false,
    )
  }

  /** Forgets all tickets, links and sign-ins: everybody has to sign in again. */
  forgetAll(): void {
    this.#links.forgetAll()
    this.#tickets.forgetAll()
    this.#options.signIns.endOf(() => true)
  }

  #ended(isOver: (entered: Entered) => boolean): void {
    this.#tickets.forget(isOver)
    for (const listener of [...this.#onEnd]) listener(isOver)
  }

  #admission(entered: Entered): Admission {
    return { ticket: this.#tickets.issue(entered), ticketMs: TICKET_MS, idleMs: IDLE_MS }
  }

  #byCookie(caller: CookieCaller): Entered | undefined {
    const secret = secretIn(caller)
    const held = secret === undefined ? undefined : this.#options.signIns.holder(secret, this.#options.accounts)
    return held && { visitor: held.principal, byToken: held.byToken, signIn: held.key }
  }

  /** By a secret of this server: the pass of a link, or the link of a wallboard. */
  #byBearer({ headers }: CookieCaller): Entered | undefined {
    const secret = BEARER.exec(headers.authorization ?? '')?.[1]
    if (secret === undefined) return undefined
    const linked = this.#links.holder(secret)
    if (linked) return { visitor: linked, byToken: false, isLinked: true }
    const kiosk = this.#options.kiosks?.holder(secret)
    if (kiosk) return { visitor: { id: kiosk.id, kind: 'kiosk' }, byToken: false }
    throw new AccessRefusal('UNAUTHENTICATED', 'Authorization', 'the link was used before, has expired or was revoked')
  }

  async #bySecret(caller: CookieCaller): Promise<Entered> {
    const { authorization } = caller.headers
    const { accounts, idOf = (name) => name } = this.#options
    const token = accounts.tokens && bearerToken(authorization)
    if (token !== undefined) {
      const principal = await this.#verified(async () => accounts.tokens?.verify(token))
      if (principal) return { visitor: principal, byToken: true }
      throw new AccessRefusal('UNAUTHENTICATED', 'Authorization', 'the access token is not valid')
    }
    const credentials = basicCredentials(authorization)
    if (!credentials)
      throw new AccessRefusal('UNAUTHENTICATED', 'Authorization', 'a name and a password are needed (HTTP Basic)')
    const { name, password } = credentials
    const signedIn = await this.#verified(() =>
      verifyPasswordOrToken(accounts, [name, password], sourceOf(caller), idOf),
    )
    if (signedIn) return { visitor: signedIn.principal, byToken: signedIn.byToken }
    throw new AccessRefusal(
      'UNAUTHENTICATED',
      'Authorization',
      'the name or the password is wrong, or the account is locked',
    )
  }

  async #verified<T>(verify: () => Promise<T>): Promise<T> {
    try {
      return await verify()
    } catch (error) {
      if (!(error instanceof AccountsBusyError)) throw error
      throw new AccessRefusal('UNAVAILABLE', 'Authorization', `${error.message}, try again later`)
    }
  }

  #granted(entered: Entered): Admitted<Grant> {
    const { visitor } = entered
    const grant = this.#options.grantOf(visitor)
    if (grant !== undefined) return { ...entered, grant }
    const who = visitor.kind === 'kiosk' ? 'the link of a wallboard' : visitor.id
    throw new AccessRefusal('FORBIDDEN', visitor.id, `${who} is not ${this.#options.wanted}`)
  }
}
