/** Emits the `drain` events: the drain begins, no task or call is in hand any more, the drain ends. */

import type { Listeners } from '../delivery/listeners.ts'
import type { EngineEvents } from '../events.ts'

export interface DrainParts {
  readonly listeners: Pick<Listeners<EngineEvents>, 'emit'>
  readonly isDraining: () => boolean
  readonly hasWork: () => boolean
}

export class DrainWatch {
  readonly #parts: DrainParts
  #phase: 'NONE' | 'BEGUN' | 'DONE' = 'NONE'

  constructor(parts: DrainParts) {
    this.#parts = parts
  }

  /** Emits what has changed. To be called after each commit. */
  look(): void {
    const { listeners, isDraining, hasWork } = this.#parts
    if (!isDraining()) {
      if (this.#phase === 'NONE') return
      this.#phase = 'NONE'
      return listeners.emit('drain', { phase: 'OVER' })
    }
    if (this.#phase === 'NONE') {
      this.#phase = 'BEGUN'
      listeners.emit('drain', { phase: 'BEGUN' })
    }
    if (this.#phase === 'DONE' || hasWork()) return
    this.#phase = 'DONE'
    listeners.emit('drain', { phase: 'DONE' })
  }
}
