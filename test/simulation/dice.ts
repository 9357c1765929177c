/** Random choices from a seed, with a separate stream for every purpose. */
import { type Stream, stream } from '../../src/simulate/random.ts'

export class Dice {
  readonly #stream: Stream

  constructor(seed: number, purpose: string) {
    this.#stream = stream(seed, purpose)
  }

  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number {
    return Math.floor(this.#stream.next() * below)
  }

  chance(probability: number): boolean {
    return this.#stream.next() < probability
  }

  of<T>(first: T, ...others: readonly T[]): T {
    return others[this.below(others.length + 1) - 1] ?? first
  }

  /** One of the keys, chosen by weight. */
  weighted<K extends string>(table: Readonly<Record<K, number>>): K {
    const entries: [K, number][] = []
    for (const key in table) entries.push([key, table[key]])
    let left = this.#stream.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    const [last] = entries[entries.length - 1] ?? []
    if (last === undefined) throw new RangeError('an empty table')
    return last
  }
}
