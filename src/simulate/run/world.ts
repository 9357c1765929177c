/** What everybody in a simulation shares. */
import type { Side } from '../../../machines/wire.ts'
import type { BuiltInAcd, Engine } from '../../engine/api.ts'
import { AcdRefusal } from '../../engine/api.ts'
import type { Command } from '../../engine/commands.ts'
import { sideIsLost } from '../../engine/input/fault.ts'
import type { SimulationClock } from '../clock.ts'
import { draw, type Stream, stream } from '../random.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Drawn } from '../scenario/schema.ts'

/** After so long an agent tries again what was refused, in ms. */
export const AGAIN = 5000

export class World {
  readonly scenario: Scenario
  readonly seed: number
  readonly clock: SimulationClock
  readonly engine: Engine
  readonly acd: BuiltInAcd
  readonly #interruptible: ReadonlySet<string>
  /** Agents whose desktop has moved to the other side. */
  readonly #moved = new Map<string, Side>()

  constructor(scenario: Scenario, seed: number, clock: SimulationClock, engine: Engine) {
    if (!engine.acd) throw new Error('a simulation needs the built-in ACD')
    this.scenario = scenario
    this.seed = seed
    this.clock = clock
    this.engine = engine
    this.acd = engine.acd
    const mrds = scenario.directory.mediaRoutingDomains.filter(({ interruptible }) => interruptible)
    this.#interruptible = new Set(mrds.map(({ id }) => id))
  }

  /** Milliseconds since the start. */
  get now(): number {
    return this.clock.now() - this.scenario.start
  }

  isInterruptible(mrd: string): boolean {
    return this.#interruptible.has(mrd)
  }

  /** Side that the agent's desktop is connected to, or was last: commands go there. */
  sideOf(user: string): Side {
    return this.#moved.get(user) ?? 'A'
  }

  moveTo(user: string, side: Side): void {
    this.#moved.set(user, side)
  }

  /** Where a desktop may sign in when `side` is lost: the other side, if there is one and it is in service. */
  refugeFrom(side: Side): Side | undefined {
    if (this.scenario.sides === 1) return undefined
    const other = side === 'A' ? 'B' : 'A'
    return this.isInService(other) ? other : undefined
  }

  /** The whole side is gone (fault `side`): nobody can be connected there. */
  isLost(side: Side): boolean {
    return sideIsLost(this.engine.get, side)
  }

  isInService(side: Side): boolean {
    return this.engine.get.system(side).status === 'IN_SERVICE'
  }

  stream(purpose: string): Stream {
    return stream(this.seed, purpose)
  }

  /** `undefined` draws 0. */
  draw(from: Drawn | undefined, random: Stream): number {
    return from ? draw(from, random) : 0
  }

  /** Calls `run` after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void {
    return this.clock.at(this.clock.now() + Math.max(0, ms), run)
  }

  /** Calls `run` at a moment of the scenario; never when that is over. */
  atMoment(moment: number, run: () => void): void {
    if (moment <= this.scenario.duration) this.clock.at(this.scenario.start + moment, run)
  }

  /** Gives a command; `refused` hears when it was not accepted. */
  command(command: Command, refused: () => void = () => undefined): void {
    this.clock.track(
      this.engine.command({ ...command, side: this.sideOf(command.user) }).then((answer) => {
        if (!answer.accepted) refused()
      }),
    )
  }

  /** Something of the ACD that it may refuse, because it comes too late. */
  async unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      if (error instanceof AcdRefusal) return undefined
      throw error
    }
  }
}
