/**
 * The times of requests and notifications on a server whose clock is not known: requests are counted. A notification has
 * the number of the last request before it arrived. Times in documents are not compared (`shapes.ts`).
 */
import type { Received } from '../finesse-client.ts'
import type { Moments } from '../story/sources.ts'

export class CountedMoments implements Moments {
  #now = 0
  readonly #of = new WeakMap<Received, number>()
  readonly #lastOf = new Map<string, number>()
  readonly #lastOn = new Map<string, number>()

  get now(): number {
    return this.#now
  }

  async next(): Promise<void> {
    this.#now += 1
  }

  arrived(news: Received): void {
    this.#of.set(news, this.#now)
    if (news.kind === 'apiErrors') return
    this.#lastOf.set(news.source, this.#now)
    this.#lastOn.set(news.node, this.#now)
  }

  of(news: Received): number {
    return this.#of.get(news) ?? this.#now
  }

  lastOf(source: string): number | undefined {
    return this.#lastOf.get(source)
  }

  /** Only times depend on it. */
  anyBetween(): boolean {
    return false
  }

  lastOn(...nodes: readonly string[]): number | undefined {
    const times = nodes.flatMap((node) => this.#lastOn.get(node) ?? [])
    return times.length === 0 ? undefined : Math.max(...times)
  }
}
