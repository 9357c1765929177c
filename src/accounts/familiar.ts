/** The sources from which an account was signed in to before, that is, from which the right password came. */

/** Most sources that are kept for one account. */
const SOURCES_MOST = 16

/** Forgets the least recently used source of an account first. Its size is bounded by the number of accounts. */
export class Familiar {
  readonly #sources = new Map<string, Set<string>>()

  has(account: string, source: string): boolean {
    return this.#sources.get(account)?.has(source) ?? false
  }

  add(account: string, source: string): void {
    const sources = this.#sources.get(account) ?? new Set()
    this.#sources.set(account, sources)
    sources.delete(source)
    sources.add(source)
    const [oldest] = sources
    if (sources.size > SOURCES_MOST && oldest !== undefined) sources.delete(oldest)
  }

  forget(account: string): void {
    this.#sources.delete(account)
  }
}
