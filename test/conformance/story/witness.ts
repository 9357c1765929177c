/** Gets the requests to a server. */
import type { Side } from '../../../machines/wire.ts'

export interface AcdAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

export interface Witness {
  /** Called before every request that changes something. */
  before(): Promise<void>
  /** A PUT to the Finesse API was answered with 202. */
  accepted(side: Side, path: string, body: string): void
  /** A request to `/acd` was answered. */
  controlled(path: string, body: object | undefined, answer: AcdAnswer): void
}
