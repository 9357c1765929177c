/** Housekeeping of personal data: erases data whose retention is over, in regular rounds. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Clock } from '../ports.ts'
import type { Eraser } from './eraser.ts'

/** Retention of personal data, in ms; `Infinity` keeps the data. */
export interface KeptFor {
  /** Values of contacts, after the end of the contact. */
  readonly customers: number
  /** Names of agents who left the directory, after the last input of the agent. */
  readonly formerAgents: number
}

/** Limits of the pause between two rounds, in ms. Rounds are rare, because each one rewrites the whole store. */
const PAUSE = { shortest: 3_600_000, longest: 86_400_000 }
/** Pause in ms before the first round, and after a round that left work. */
const BREATHER = 1000

export class CustomerData {
  readonly #eraser: Eraser
  readonly #clock: Clock
  readonly #keptFor: KeptFor
  readonly #agents: () => ReadonlySet<string>
  #cancel: (() => void) | undefined
  #stopped = false

  /** `agents`: the ids of all users in the directory. */
  constructor(eraser: Eraser, clock: Clock, keptFor: KeptFor, agents: () => ReadonlySet<string>) {
    if (!(keptFor.customers >= 0))
      throw new InvalidArgument(`the retention has to be 0 ms or more, not ${keptFor.customers}`)
    this.#eraser = eraser
    this.#clock = clock
    this.#keptFor = keptFor
    this.#agents = agents
  }

  /** Begins the first round after `pause` ms. */
  start(pause = BREATHER): void {
    const { customers, formerAgents } = this.#keptFor
    if (Number.isFinite(customers) || Number.isFinite(formerAgents)) this.#next(pause)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #next(pause: number): void {
    if (!this.#stopped) this.#cancel = this.#clock.at(this.#clock.now() + pause, () => void this.#round())
  }

  /** Never rejects. The eraser has reported the error already, and the next round tries again. */
  async #round(): Promise<void> {
    const { customers, formerAgents } = this.#keptFor
    const before = (kept: number) => (Number.isFinite(kept) ? this.#clock.now() - kept : undefined)
    const round = { customersBefore: before(customers), agentsBefore: before(formerAgents), agents: this.#agents() }
    const isMore = await this.#eraser.expire(round).catch(() => false)
    const pause = Math.min(Math.max(customers / 10, PAUSE.shortest), PAUSE.longest)
    this.#next(isMore ? BREATHER : pause)
  }
}
