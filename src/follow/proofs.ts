/**
 * Keeps in the store when each user was proved last, so that the next run can say for how long nothing was heard. Times
 * are milliseconds since 1970 UTC.
 */
import type { Logger } from 'pino'
import type { Clock, Store } from '../engine/ports.ts'
import type { Certainties } from './certainty.ts'
import type { FollowMemory } from './memory.ts'

/** Between two writes, in ms. After a crash the journal says what came in between. */
const EVERY_MS = 30_000

export interface ProofKeeperOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly memory: FollowMemory
  readonly certainties: Certainties
}

export class ProofKeeper {
  readonly #options: ProofKeeperOptions
  #cancel: () => void = () => undefined

  constructor(options: ProofKeeperOptions) {
    this.#options = options
  }

  start(): void {
    const { clock } = this.#options
    this.#cancel = clock.at(clock.now() + EVERY_MS, () => {
      void this.keep()
      this.start()
    })
  }

  /** Never rejects. */
  async keep(): Promise<void> {
    const { memory, certainties, logger } = this.#options
    const proofs = [...certainties.entries].flatMap(([user, { proof }]) =>
      proof === null ? [] : [[user, proof] as const],
    )
    try {
      await memory.keepProofs(proofs)
    } catch (error) {
      logger.warn({ err: error }, 'the newest proofs could not be stored')
    }
  }

  async close(): Promise<void> {
    this.#cancel()
    await this.keep()
  }
}

/** The newest proof of each user in a store, before an engine runs on it. */
export async function storedProofs(
  { history }: Pick<Store, 'history'>,
  memory: FollowMemory,
  users: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const kept = memory.proofs
  const proofs = new Map<string, number>()
  for (const user of users) {
    const proof = Math.max(kept.get(user) ?? 0, await lastHeard(history, `user/${user}`))
    if (proof > 0) proofs.set(user, proof)
  }
  return proofs
}

/** The time of the newest row of the journal, if the followed Finesse caused it; else 0. */
async function lastHeard(history: Store['history'], name: string): Promise<number> {
  const last = (await history?.aggregate(name))?.to ?? 0
  if (!history || last === 0) return 0
  for await (const { at, origin } of history.rows(name, last - 1)) if (origin?.via === 'finesse') return at
  return 0
}
