/**
 * The session of a page. The sign-in is in a cookie of the browser, which the page cannot read: it survives a reload, and
 * all pages of the server share it. The page keeps no password.
 */
import type { Admission } from '../../inspect/access/admission.ts'

/** Nobody is signed in any more, or the name or the password is wrong. */
export class NotSignedIn extends Error {}

/** The server refused the request. The message is the server's. */
export class Refused extends Error {
  /** The code of the refusal, such as `NO_HISTORY`; `''` if the answer had none. */
  readonly code: string
  constructor(message: string, code = '') {
    super(message)
    this.code = code
  }
}

const isAdmission = (value: unknown): value is Admission =>
  typeof value === 'object' && value !== null && 'ticket' in value && 'idleMs' in value

/** The value of `Authorization` for HTTP Basic, in UTF-8 (RFC 7617). */
function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

/** An admission, and the machine that has passed the request on to another server; `null` if none has. */
interface Entry extends Admission {
  readonly through: string | null
}

async function entryIn(answer: Response): Promise<Entry> {
  const value: unknown = await answer.json()
  if (!isAdmission(value)) throw new Refused('the answer of the server is not a ticket')
  return { ...value, through: answer.headers.get('mrdian-forwarded-by') }
}

const signInAt = async (tickets: string, authorization: string) =>
  entryIn(await ask(tickets, { method: 'POST', headers: { authorization } }))

/** @throws NotSignedIn, Refused, or TypeError if the server cannot be reached. */
async function ask(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, { ...init, cache: 'no-store', credentials: 'same-origin', redirect: 'error' })
  if (answer.ok) return answer
  const { message, code } = await answer.text().then(refusalIn, () => NOTHING_SAID)
  if (answer.status === 401) throw new NotSignedIn(message)
  throw new Refused(message || `the server answered ${answer.status}`, code)
}

const NOTHING_SAID = { message: '', code: '' }

/** Refusals are JSON with a code, and a message for people. */
function refusalIn(text: string): typeof NOTHING_SAID {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('message' in value) || !('error' in value)) return NOTHING_SAID
    return { message: String(value.message), code: String(value.error) }
  } catch {
    return NOTHING_SAID
  }
}

/** Where a page goes on with its sign-in, and ends it: beside the path for tickets. */
const signInOf = (tickets: string) => tickets.replace(/tickets$/, 'sign-in')

/** @throws NotSignedIn if nobody is signed in, else as `ask`. */
async function goOn(tickets: string): Promise<Entry> {
  const answer = await ask(signInOf(tickets), { method: 'GET' })
  if (answer.status === 204) throw new NotSignedIn('nobody is signed in')
  return entryIn(answer)
}

/** All paths for tickets end with `tickets`, such as `/inspect/tickets`. */
export class Session {
  readonly #tickets: string
  /** A ticket for another stream. */
  readonly #another: () => Promise<Entry>
  #ticket: string | undefined
  #through: string | null
  /** Uses the sign-in while the page is open, even if the page sends no requests. */
  readonly #use: ReturnType<typeof setInterval>

  private constructor(tickets: string, { ticket, idleMs, through }: Entry, another: () => Promise<Entry>) {
    this.#tickets = tickets
    this.#through = through
    this.#another = async () => {
      const entry = await another()
      this.#through = entry.through
      return entry
    }
    this.#ticket = ticket
    this.#use = setInterval(() => this.#another().catch(() => undefined), Math.max(1000, idleMs / 3))
  }

  /**
   * Signs in with name and password.
   *
   * @throws NotSignedIn for a wrong name or password, Refused for a user who may not look, TypeError if the server
   * cannot be reached.
   */
  static async begin(tickets: string, user: string, password: string): Promise<Session> {
    return new Session(tickets, await signInAt(tickets, basic(user, password)), () => goOn(tickets))
  }

  /** Signs in with the ticket of a link, which works once. Afterwards the browser's own sign-in counts, if it has one. */
  static async withTicket(tickets: string, ticket: string): Promise<Session> {
    const first = signInAt(tickets, `Bearer ${ticket}`).catch((error: unknown) =>
      goOn(tickets).catch(() => Promise.reject(error)),
    )
    return new Session(tickets, await first, () => goOn(tickets))
  }

  /**
   * Goes on with the sign-in of this browser: of another page, or from before a reload. `undefined` if nobody is signed
   * in, if that account may not see this page, or if the server cannot be reached.
   */
  static async resume(tickets: string): Promise<Session | undefined> {
    return goOn(tickets).then(
      (admission) => new Session(tickets, admission, () => goOn(tickets)),
      () => undefined,
    )
  }

  /** Opens a wallboard with the secret of its link. It is no sign-in: the link is needed again after a reload. */
  static async ofKiosk(tickets: string, secret: string): Promise<Session> {
    const another = () => signInAt(tickets, `Bearer ${secret}`)
    return new Session(tickets, await another(), another)
  }

  /** The page no longer needs it. The sign-in of the browser goes on. */
  end(): void {
    clearInterval(this.#use)
  }

  /** Ends the sign-in of this browser, for all pages. */
  async signOut(): Promise<void> {
    this.end()
    await ask(signInOf(this.#tickets), { method: 'DELETE' })
  }

  /** How the page sees the server: `''`, or the standby in between, for people. */
  get way(): string {
    return this.#through === null ? '' : `through the standby ${this.#through}`
  }

  /** A ticket for one stream. */
  async ticket(): Promise<string> {
    const ready = this.#ticket
    this.#ticket = undefined
    return ready ?? (await this.#another()).ticket
  }

  /** Sends JSON, under the sign-in of this browser. @throws as `ask`. */
  send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<Response> {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return ask(path, { method, ...json })
  }

  get(path: string, accept = 'application/json', signal?: AbortSignal): Promise<Response> {
    return ask(path, { headers: { accept }, ...(signal ? { signal } : {}) })
  }
}
