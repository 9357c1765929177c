import type { Session } from './session.ts'

/** The bound sessions, by full JID and by account. */
export class Sessions {
  readonly #byJid = new Map<string, Session>()
  readonly #byLocal = new Map<string, Set<Session>>()

  get size(): number {
    return this.#byJid.size
  }

  add(session: Session): void {
    this.#byJid.set(session.jid, session)
    const local = session.account.local
    const siblings = this.#byLocal.get(local) ?? new Set()
    siblings.add(session)
    this.#byLocal.set(local, siblings)
  }

  /** False when it was not there. */
  remove(session: Session): boolean {
    if (this.#byJid.get(session.jid) !== session) return false
    this.#byJid.delete(session.jid)
    const siblings = this.#byLocal.get(session.account.local)
    siblings?.delete(session)
    if (siblings?.size === 0) this.#byLocal.delete(session.account.local)
    return true
  }

  byJid(jid: string): Session | undefined {
    return this.#byJid.get(jid)
  }

  /** Sessions of one account, oldest first. */
  ofAccount(local: string): readonly Session[] {
    return [...(this.#byLocal.get(local) ?? [])]
  }

  all(): readonly Session[] {
    return [...this.#byJid.values()]
  }
}
