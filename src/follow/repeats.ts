/** Recognises a notification that came before: two sessions may get the same one, and servers send some again. */

/** How many ids of notifications are kept. */
const REMEMBERED = 10_000

export class Repeats {
  readonly #items = new Set<string>()

  /** False for the first notification with this id, and for one without an id. */
  isRepeated(item: string): boolean {
    if (item === '') return false
    if (this.#items.has(item)) return true
    this.#items.add(item)
    if (this.#items.size > REMEMBERED) this.#items.delete(this.#items.values().next().value ?? '')
    return false
  }
}
