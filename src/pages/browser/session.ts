/** The session of a page. It is only in the page's memory, and the password is not kept. */
import type { Admission } from '../../inspect/access/admission.ts'

/** The session is unknown or has expired, or the name or the password is wrong. */
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
  typeof value === 'object' && value !== null && 'ticket' in value && 'session' in value

/** The value of `Authorization` for HTTP Basic, in UTF-8 (RFC 7617). */
function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

async function admission(tickets: string, authorization: string): Promise<Admission> {
  const answer = await ask(tickets, { method: 'POST', headers: { authorization } })
  const value: unknown = await answer.json()
  if (!isAdmission(value)) throw new Refused('the answer of the server is not a ticket')
  return value
}

/** @throws NotSignedIn, Refused, or TypeError if the server cannot be reached. */
async function ask(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, { ...init, cache: 'no-store', credentials: 'omit', redirect: 'error' })
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

export class Session {
  readonly #tickets: string
  readonly #bearer: string
  #ticket: string | undefined

  /** Renews the session while the page is open, even if it sends no requests. */
  readonly #use: ReturnType<typeof setInterval>

  private constructor(tickets: string, { session, ticket, sessionMs }: Admission) {
    this.#tickets = tickets
    this.#bearer = `Bearer ${session}`
    this.#ticket = ticket
    const renew = () => admission(tickets, this.#bearer).catch(() => undefined)
    this.#use = setInterval(renew, Math.max(1000, sessionMs / 3))
  }

  end(): void {
    clearInterval(this.#use)
  }

  /**
   * Signs in with name and password.
   *
   * @param tickets the path for tickets, such as `/inspect/tickets`
   * @throws NotSignedIn for a wrong name or password, Refused for a user who may not look, TypeError if the server
   * cannot be reached.
   */
  static async begin(tickets: string, user: string, password: string): Promise<Session> {
    return new Session(tickets, await admission(tickets, basic(user, password)))
  }

  /** Signs in with the ticket of a link, which works once. */
  static async withTicket(tickets: string, ticket: string): Promise<Session> {
    return new Session(tickets, await admission(tickets, `Bearer ${ticket}`))
  }

  /** A ticket for one stream. */
  async ticket(): Promise<string> {
    const ready = this.#ticket
    this.#ticket = undefined
    return ready ?? (await admission(this.#tickets, this.#bearer)).ticket
  }

  get(path: string, accept = 'application/json', signal?: AbortSignal): Promise<Response> {
    return ask(path, { headers: { authorization: this.#bearer, accept }, ...(signal ? { signal } : {}) })
  }
}
