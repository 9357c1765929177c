/** From where an account was signed in to before: the right password came from there. */

/** So many sources of one account. */
const SOURCES_MOST = 16

/** The least recently used source of an account is forgotten first. Bounded by the directory. */
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
