/**
 * Tells the subscribers of a side which team messages there are, after a time in which they may have missed some: first
 * the messages that were deleted meanwhile, then all active ones, each once.
 */
import type { Side } from '../../../machines/wire.ts'
import type { TeamMessageValue } from '../values.ts'
import { MESSAGE_LIMITS } from './api.ts'

/** Publishes a message to its teams on one side. Resolves with false if the side does not take it. Never rejects. */
export type Say = (side: Side, event: 'POST' | 'DELETE', message: TeamMessageValue) => Promise<boolean>

type Messages = Map<string, TeamMessageValue>

export class MessageCatchUp {
  readonly #say: Say
  /** Deleted messages that a side was not told of. */
  readonly #deleted = new Map<Side, Messages>()
  /** Active messages that a side is being told of now. */
  readonly #coming = new Map<Side, Messages>()

  constructor(say: Say) {
    this.#say = say
  }

  /** A message was deleted. `missing`: the sides whose clients may not have been told. */
  deleted(message: TeamMessageValue, missing: readonly Side[]): void {
    for (const coming of this.#coming.values()) coming.delete(message.id)
    for (const side of missing) {
      const deleted = this.#deleted.get(side) ?? new Map()
      this.#deleted.set(side, deleted.set(message.id, message))
      const [oldest] = deleted.keys()
      if (deleted.size > MESSAGE_LIMITS.active && oldest !== undefined) deleted.delete(oldest)
    }
  }

  /**
   * Tells a side of the present messages, one after the other. Ends early if the side does not take them; the next call
   * begins again. `isOver`: clients know by themselves that a message is over.
   */
  async tell(
    side: Side,
    active: readonly TeamMessageValue[],
    isOver: (message: TeamMessageValue) => boolean,
  ): Promise<void> {
    const coming = new Map(active.map((message) => [message.id, message]))
    this.#coming.set(side, coming)
    const deleted: Messages = this.#deleted.get(side) ?? new Map()
    const isCurrent = () => this.#coming.get(side) === coming
    for (const [event, messages] of [['DELETE', deleted] as const, ['POST', coming] as const])
      for (const [id, message] of messages) {
        if (!isCurrent() || !(isOver(message) || (await this.#say(side, event, message)))) return
        messages.delete(id)
      }
    if (isCurrent()) this.#coming.delete(side)
  }
}
