/** Signing in, and tickets for streams. The password is forgotten at once; the session is in memory only. */
import type { BoardAdmission, BoardViewer } from '../protocol.ts'

const TICKETS = '/inspect/board/tickets'

/** The server knows this viewer no more, or not to this board. `message` is for people. */
export class NotAdmitted extends Error {
  override readonly name = 'NotAdmitted'
}

export class Session {
  #admission: BoardAdmission

  private constructor(admission: BoardAdmission) {
    this.#admission = admission
  }

  /** @throws NotAdmitted with the reason; TypeError when the server is out of reach. */
  static async signIn(name: string, password: string): Promise<Session> {
    const bytes = new TextEncoder().encode(`${name}:${password}`)
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    return new Session(await asked(`Basic ${btoa(text)}`))
  }

  get viewer(): BoardViewer {
    return this.#admission.viewer
  }

  get sessionMs(): number {
    return this.#admission.sessionMs
  }

  /** A new ticket; the session lives on with it. @throws as `signIn`. */
  async ticket(): Promise<string> {
    this.#admission = await asked(`Bearer ${this.#admission.session}`)
    return this.#admission.ticket
  }
}

async function asked(authorization: string): Promise<BoardAdmission> {
  const response = await fetch(TICKETS, { method: 'POST', headers: { authorization }, cache: 'no-store' })
  if (response.ok) return response.json()
  if (response.status === 401 || response.status === 403) throw new NotAdmitted(await reasonOf(response))
  throw new TypeError(`the server answers ${response.status}`)
}

async function reasonOf(response: Response): Promise<string> {
  const body: { readonly message?: unknown } = await response.json().catch(() => ({}))
  return typeof body.message === 'string' ? body.message : 'the server refuses'
}
