/** The administrator's session: in this page's memory, and nowhere else. */
import type { Admission } from '../../../protocol.ts'

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

async function admission(authorization: string): Promise<Admission> {
  const answer = await ask('/inspect/tickets', { method: 'POST', headers: { authorization } })
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
  readonly #bearer: string
  #ticket: string | undefined

  /** An open page is in use, also when it asks for nothing. */
  readonly #use: ReturnType<typeof setInterval>

  private constructor({ session, ticket, sessionMs }: Admission) {
    this.#bearer = `Bearer ${session}`
    this.#ticket = ticket
    this.#use = setInterval(() => admission(this.#bearer).catch(() => undefined), Math.max(1000, sessionMs / 3))
  }

  end(): void {
    clearInterval(this.#use)
  }

  /** @throws NotSignedIn for a wrong name or password, or for somebody who is no administrator. */
  static async begin(user: string, password: string): Promise<Session> {
    return new Session(await admission(basic(user, password)))
  }

  /** With the ticket of a link, which is good for one time. */
  static async withTicket(ticket: string): Promise<Session> {
    return new Session(await admission(`Bearer ${ticket}`))
  }

  /** A ticket for one stream. */
  async ticket(): Promise<string> {
    const ready = this.#ticket
    this.#ticket = undefined
    return ready ?? (await admission(this.#bearer)).ticket
  }

  get(path: string, accept = 'application/json', signal?: AbortSignal): Promise<Response> {
    return ask(path, { headers: { authorization: this.#bearer, accept }, ...(signal ? { signal } : {}) })
  }
}
