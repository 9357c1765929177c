/** How sure a read is: a follower knows only what it was told. */

export type Certainty =
  /** Connected, and everything was read since. `proof`: the newest notification or read about the user. */
  | { readonly state: 'live'; readonly proof: number }
  /** Connected, and being read. */
  | { readonly state: 'resyncing'; readonly since: number; readonly proof: number | null }
  /** Not connected, or the server is out of service. Reads show what was known at `proof`. */
  | { readonly state: 'stale'; readonly since: number; readonly proof: number | null }

/** Keeps the certainty of every followed user. Times are milliseconds since 1970 UTC. */
export class Certainties {
  readonly #all = new Map<string, Certainty>()

  of(user: string): Certainty | undefined {
    return this.#all.get(user)
  }

  get entries(): IterableIterator<readonly [string, Certainty]> {
    return this.#all.entries()
  }

  count(state: Certainty['state']): number {
    let count = 0
    for (const each of this.#all.values()) if (each.state === state) count += 1
    return count
  }

  /** Age of the oldest of the newest proofs, in ms; `null` if there is a user without any. */
  oldestProof(now: number): number | null {
    let oldest = 0
    for (const { proof } of this.#all.values()) {
      if (proof === null) return null
      oldest = Math.max(oldest, now - proof)
    }
    return oldest
  }

  /** Something was told about the user. That alone does not make it live. */
  proved(user: string, now: number): void {
    const known = this.#all.get(user)
    if (known) this.#all.set(user, { ...known, proof: now })
  }

  stale(user: string, now: number): void {
    const known = this.#all.get(user)
    if (known?.state !== 'stale') this.#all.set(user, { state: 'stale', since: now, proof: known?.proof ?? null })
  }

  resyncing(user: string, now: number): void {
    const known = this.#all.get(user)
    if (known?.state !== 'resyncing')
      this.#all.set(user, { state: 'resyncing', since: now, proof: known?.proof ?? null })
  }

  live(user: string, now: number): void {
    this.#all.set(user, { state: 'live', proof: now })
  }

  forget(user: string): void {
    this.#all.delete(user)
  }
}
