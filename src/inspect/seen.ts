/** One event for viewers. Its text is made once for each format, and only when a viewer needs it. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { factsOf } from './facts.ts'
import { frameOf, type Telling } from './frames.ts'
import type { ActorFacts } from './protocol.ts'

/** `stately`: for readers of the package. `focused`, `compact`: inside and outside the focus of a compact stream. */
export type Manner = 'stately' | 'focused' | 'compact'

/** How much the frames of each format contain. */
export function tellingOf(manner: Manner, personal: boolean): Telling {
  return { personal, definitions: manner === 'stately', contexts: manner !== 'compact' }
}

export class Seen {
  readonly event: InspectedEvent
  readonly facts: ActorFacts
  readonly #personal: boolean
  readonly #texts = new Map<Manner, string>()

  constructor(event: InspectedEvent, personal: boolean) {
    this.event = event
    this.facts = factsOf(event.actorRef)
    this.#personal = personal
  }

  get aggregate(): string {
    return this.event.step.aggregate
  }

  get sequence(): number {
    return this.event.step.sequence
  }

  text(manner: Manner): string {
    const known = this.#texts.get(manner)
    if (known !== undefined) return known
    const text = JSON.stringify(frameOf(this.event, tellingOf(manner, this.#personal)))
    this.#texts.set(manner, text)
    return text
  }
}
