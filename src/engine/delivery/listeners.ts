/**
 * Listeners of embedders. An error that a listener throws, or rejects with, is logged and does not stop the engine. The
 * engine does not wait for promises.
 */
import { contained } from '../contained.ts'

type Listener = (event: never) => unknown

export class Listeners<Events extends { readonly [E in keyof Events]: Listener }> {
  readonly #onError: (event: string, error: unknown) => void
  readonly #all = new Map<keyof Events, Set<Listener>>()

  constructor(onError: (event: string, error: unknown) => void) {
    this.#onError = onError
  }

  on<E extends keyof Events>(event: E, listener: Events[E]): () => void {
    const listeners = this.#all.get(event) ?? new Set()
    this.#all.set(event, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Is there a listener for this event? Avoids the work for events that are expensive to build. */
  has(event: keyof Events): boolean {
    return (this.#all.get(event)?.size ?? 0) > 0
  }

  emit<E extends keyof Events>(event: E, value: Parameters<Events[E]>[0]): void {
    for (const listener of this.#all.get(event) ?? [])
      contained(
        () => listener(value),
        (error) => this.#onError(String(event), error),
      )
  }
}
