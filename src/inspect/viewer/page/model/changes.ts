/** Calls the listeners once per animation frame, even after many changes. */
export class Changes {
  readonly #listeners = new Set<() => void>()
  #isDue = false

  /** Returns a function that removes the listener. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(): void {
    if (this.#isDue) return
    this.#isDue = true
    requestAnimationFrame(() => {
      this.#isDue = false
      for (const listener of this.#listeners) listener()
    })
  }
}
