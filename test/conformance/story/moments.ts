/**
 * The times of requests and notifications. The clock moves only when a test moves it, and by a millisecond before each
 * request, so that every request has its own time. The time of a notification is that of its commit.
 */
import type { RunningServer } from '../../../src/cli/server.ts'
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts'
import type { Received } from '../finesse-client.ts'
import type { Moments } from './sources.ts'

export class SiteMoments implements Moments {
  readonly #clock: VirtualClock
  readonly #ofItem = new Map<string, number>()
  /** The times of the notifications from each source. */
  readonly #from = new Map<string, number[]>()
  readonly #lastOn = new Map<string, number>()

  constructor(clock: VirtualClock, { engine }: Pick<RunningServer, 'engine'>) {
    this.#clock = clock
    engine.on('notification', ({ itemId, source, node, value }) => {
      this.#ofItem.set(itemId, clock.now())
      if (value.kind === 'failure') return
      this.#from.set(source, [...(this.#from.get(source) ?? []), clock.now()])
      this.#lastOn.set(node, clock.now())
    })
  }

  get now(): number {
    return this.#clock.now()
  }

  /** The time of the next request. */
  next(): Promise<void> {
    return this.#clock.advance(1)
  }

  /**
   * The time of the notification's commit. The items of both sides have consecutive numbers; the first one is known.
   */
  of({ item, text }: Received): number {
    const cut = item.lastIndexOf('-') + 1
    const first = `${item.slice(0, cut)}${Number(item.slice(cut)) - 1}`
    const time = this.#ofItem.get(item) ?? this.#ofItem.get(first)
    if (time === undefined) throw new Error(`no commit is known of ${text}`)
    return time
  }

  /** The time of the last notification from this source, even if the test has missed it. */
  lastOf(source: string): number | undefined {
    return this.#from.get(source)?.at(-1)
  }

  /** Was there a notification from this source between the two times? */
  anyBetween(source: string, after: number, before: number): boolean {
    return (this.#from.get(source) ?? []).some((time) => time > after && time < before)
  }

  /** The time of the last notification on any of these nodes. */
  lastOn(...nodes: readonly string[]): number | undefined {
    const times = nodes.flatMap((node) => this.#lastOn.get(node) ?? [])
    return times.length === 0 ? undefined : Math.max(...times)
  }
}
