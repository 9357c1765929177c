/** Housekeeping of personal data: round after round, what was kept long enough is erased. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Clock } from '../ports.ts'
import type { Eraser } from './eraser.ts'

/** How long personal data is kept, in ms; `Infinity` keeps it. */
export interface KeptFor {
  /** Values of contacts, behind their end. */
  readonly customers: number
  /** Names of agents who left the directory, behind their last input. */
  readonly formerAgents: number
}

/** Every round rewrites all that is kept: not oftener than this, nor more seldom, in ms. */
const PAUSE = { shortest: 3_600_000, longest: 86_400_000 }
/** Before the first round, and where there is more to do. */
const BREATHER = 1000

export class CustomerData {
  readonly #eraser: Eraser
  readonly #clock: Clock
  readonly #keptFor: KeptFor
  readonly #agents: () => ReadonlySet<string>
  #cancel: (() => void) | undefined
  #stopped = false

  /** `agents`: everybody in the directory. */
  constructor(eraser: Eraser, clock: Clock, keptFor: KeptFor, agents: () => ReadonlySet<string>) {
    if (!(keptFor.customers >= 0)) throw new InvalidArgument(`retention of ${keptFor.customers} ms`)
    this.#eraser = eraser
    this.#clock = clock
    this.#keptFor = keptFor
    this.#agents = agents
  }

  /** Begins the first round after a pause, in ms; soon unless given. */
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

  /** Never rejects: the eraser has told what went wrong, and the next round tries again. */
  async #round(): Promise<void> {
    const { customers, formerAgents } = this.#keptFor
    const before = (kept: number) => (Number.isFinite(kept) ? this.#clock.now() - kept : undefined)
    const round = { customersBefore: before(customers), agentsBefore: before(formerAgents), agents: this.#agents() }
    const isMore = await this.#eraser.expire(round).catch(() => false)
    const pause = Math.min(Math.max(customers / 10, PAUSE.shortest), PAUSE.longest)
    this.#next(isMore ? BREATHER : pause)
  }
}
