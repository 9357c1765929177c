/** What all agents and customers of a simulation share. */
import type { Side } from '../../../machines/wire.ts'
import type { BuiltInAcd } from '../../engine/acd/api.ts'
import { AcdRefusal } from '../../engine/acd/api.ts'
import type { Engine } from '../../engine/api.ts'
import type { Command } from '../../engine/commands.ts'
import { sideIsLost } from '../../engine/input/fault.ts'
import type { Clock } from '../../engine/ports.ts'
import { SimulationFailed } from '../failure.ts'
import { draw, type Stream, stream } from '../random.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Drawn } from '../scenario/schema.ts'

/** The time of the simulated people. */
export interface WorldClock extends Pick<Clock, 'now' | 'at'> {
  /** Takes note of work that the engine does. A rejection is an error that nobody expects. */
  track(work: Promise<unknown>): void
}

/** Milliseconds after which an agent repeats a refused command. */
export const AGAIN = 5000

export class World {
  readonly scenario: Scenario
  readonly seed: number
  readonly clock: WorldClock
  readonly engine: Engine
  readonly acd: BuiltInAcd
  readonly #interruptible: ReadonlySet<string>
  /** Agents whose desktop has moved to the other side. */
  readonly #moved = new Map<string, Side>()

  constructor(scenario: Scenario, seed: number, clock: WorldClock, engine: Engine) {
    if (!engine.acd) throw new SimulationFailed('a simulation needs the built-in ACD')
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

  /** Side of the agent's current or last session. Commands go to this side. */
  sideOf(user: string): Side {
    return this.#moved.get(user) ?? 'A'
  }

  moveTo(user: string, side: Side): void {
    this.#moved.set(user, side)
  }

  /** The other side, where a desktop can sign in when `side` is lost; `undefined` if there is none in service. */
  refugeFrom(side: Side): Side | undefined {
    if (this.scenario.sides === 1) return undefined
    const other = side === 'A' ? 'B' : 'A'
    return this.isInService(other) ? other : undefined
  }

  /** Whether the whole side has failed (fault `side`). No session is possible there. */
  isLost(side: Side): boolean {
    return sideIsLost(this.engine.get, side)
  }

  isInService(side: Side): boolean {
    return this.engine.get.system(side).status === 'IN_SERVICE'
  }

  stream(purpose: string): Stream {
    return stream(this.seed, purpose)
  }

  /** Draws a duration in ms; 0 for `undefined`. */
  draw(from: Drawn | undefined, random: Stream): number {
    return from ? draw(from, random) : 0
  }

  /** Calls `run` after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void {
    return this.clock.at(this.clock.now() + Math.max(0, ms), run)
  }

  /** Calls `run` at a moment of the scenario. Does nothing for a moment after its end. */
  atMoment(moment: number, run: () => void): void {
    if (moment <= this.scenario.duration) this.clock.at(this.scenario.start + moment, run)
  }

  /** Gives a command to the engine. Calls `refused` if it was not accepted. */
  command(command: Command, refused: () => void = () => undefined): void {
    this.clock.track(
      this.engine.command({ ...command, side: this.sideOf(command.user) }).then((answer) => {
        if (!answer.accepted) refused()
      }),
    )
  }

  /** Awaits a request to the ACD; `undefined` if the ACD refuses it because it comes too late. */
  async unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      if (error instanceof AcdRefusal) return undefined
      throw error
    }
  }
}
