/** Who looks at a page: a session in the page's memory, and nowhere else. The password is forgotten at once. */
import type { Admission } from '../../inspect/access/admission.ts'

/** The server does not know the session (any more), or the name and the password. */
export class NotSignedIn extends Error {}

/** The server answered that it cannot; the message is its own, for people. */
export class Refused extends Error {
  /** Of the refusal, such as `NO_HISTORY`; `''` where the answer was none. */
  readonly code: string
  constructor(message: string, code = '') {
    super(message)
    this.code = code
  }
}

const isAdmission = (value: unknown): value is Admission =>
  typeof value === 'object' && value !== null && 'ticket' in value && 'session' in value

/** UTF-8, as RFC 7617 has it. */
function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

async function admission(tickets: string, authorization: string): Promise<Admission> {
  const answer = await ask(tickets, { method: 'POST', headers: { authorization } })
  const value: unknown = await answer.json()
  if (!isAdmission(value)) throw new Refused('the server answered something else than a ticket')
  return value
}

/** @throws NotSignedIn, Refused; TypeError when the server cannot be reached. */
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

  /** An open page is in use, also when it asks for nothing. */
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
   * @param tickets where tickets are: `/inspect/tickets`
   * @throws NotSignedIn for a wrong name or password, Refused for somebody who may not look; TypeError when the server
   * cannot be reached.
   */
  static async begin(tickets: string, user: string, password: string): Promise<Session> {
    return new Session(tickets, await admission(tickets, basic(user, password)))
  }

  /** With the ticket of a link, which is good for one time. */
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
