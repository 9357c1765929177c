import type { BoundSession } from './session.ts'

/** The bound sessions, by full JID and by account. */
export class BoundSessions {
  readonly #byJid = new Map<string, BoundSession>()
  readonly #byLocal = new Map<string, Set<BoundSession>>()

  get size(): number {
    return this.#byJid.size
  }

  add(session: BoundSession): void {
    this.#byJid.set(session.jid, session)
    const local = session.account.local
    const siblings = this.#byLocal.get(local) ?? new Set()
    siblings.add(session)
    this.#byLocal.set(local, siblings)
  }

  /** Returns false when the session is not in the list. */
  remove(session: BoundSession): boolean {
    if (this.#byJid.get(session.jid) !== session) return false
    this.#byJid.delete(session.jid)
    const siblings = this.#byLocal.get(session.account.local)
    siblings?.delete(session)
    if (siblings?.size === 0) this.#byLocal.delete(session.account.local)
    return true
  }

  byJid(jid: string): BoundSession | undefined {
    return this.#byJid.get(jid)
  }

  /** Sessions of one account, oldest first. */
  ofAccount(local: string): readonly BoundSession[] {
    return [...(this.#byLocal.get(local) ?? [])]
  }

  all(): readonly BoundSession[] {
    return [...this.#byJid.values()]
  }
}
