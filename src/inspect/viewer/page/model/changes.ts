/** Tells those who draw, once a frame of the screen, however much has changed. */
export class Changes {
  readonly #listeners = new Set<() => void>()
  #isDue = false

  /** Returns how to stop listening. */
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
