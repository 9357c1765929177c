/** The runner: the real engine with its built-in ACD, in virtual time, with simulated agents and customers. */

import { VOICE_MRD } from '../directory/model.ts'
import type { Engine } from '../engine/api.ts'
import { contained } from '../engine/contained.ts'
import { startEngine } from '../engine/engine.ts'
import type { NotificationEvent } from '../engine/events.ts'
import type { Store } from '../engine/ports.ts'
import { SimulationClock } from './clock.ts'
import { costOf } from './costs.ts'
import { describe } from './describe.ts'
import { lookAt, lookBack } from './expect.ts'
import { SimulationFailed } from './failure.ts'
import { type HashingStore, hashingStore } from './journal.ts'
import { QueueMeasure } from './measure/queues.ts'
import { Recorder } from './measure/recorder.ts'
import { workOfAll } from './measure/totals.ts'
import { assumptionsOf } from './people.ts'
import type { AgentResult, Expectation, SimulationResult } from './result.ts'
import type { Agent } from './run/agent.ts'
import { createAgents, usesQueues } from './run/agents.ts'
import { startArrivals } from './run/arrivals.ts'
import { startCampaigns } from './run/campaigns.ts'
import { SimulatedContacts } from './run/contacts.ts'
import { needsService, printFault, startFaults } from './run/faults.ts'
import { setNumbers } from './run/numbers.ts'
import { startScript } from './run/script.ts'
import { startShifts } from './run/shifts.ts'
import { World } from './run/world.ts'
import type { Scenario } from './scenario/model.ts'

/** The progress of a simulation. */
export interface Progress {
  /** Simulated milliseconds so far. `duration` is the total. */
  readonly done: number
  readonly duration: number
  readonly contacts: number
  readonly inputs: number
}

export interface SimulateOptions {
  /** Default: the seed of the scenario. */
  readonly seed?: number
  /**
   * Number of agents (the first of the directory) whose `tracks` and `handlings` are kept in the result. Default: 50.
   */
  readonly lanes?: number
  /** Called at every sample and every expectation. */
  readonly onProgress?: (progress: Progress) => void
  /** Store for the journal; the simulation closes it. Without a store the journal is not kept. */
  readonly store?: Store
  /**
   * Called after every event, with one line for each thing that happened. Simulated time does not advance until it
   * resolves.
   */
  readonly step?: (at: number, happened: readonly string[]) => Promise<void>
  /**
   * For a viewer of the engine. `begin` is called before the first event, `end` before the engine is closed. Simulated
   * time does not advance until they resolve.
   */
  readonly watch?: { begin(engine: Engine): Promise<void>; end(): Promise<void> }
}

export const LANES = 50
const SERVICE_LEVEL = 30_000
/** Maximum number of samples of the queue lengths. */
const SAMPLES_MAX = 480
const PERIODS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200].map((s) => s * 1000)
const LAST_PERIOD = 86_400_000

/**
 * Runs a scenario from its beginning to its end. The same scenario and seed give the same result, byte for byte.
 *
 * @throws Error when an input fails, the journal cannot be written, or the engine does not answer a command.
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationResult> {
  return new Simulation(scenario, options, hashingStore(options.store)).run()
}

class Simulation {
  readonly #scenario: Scenario
  readonly #options: SimulateOptions
  readonly #store: HashingStore
  readonly #clock: SimulationClock
  readonly #seed: number

  constructor(scenario: Scenario, options: SimulateOptions, store: HashingStore) {
    this.#scenario = scenario
    this.#options = options
    this.#store = store
    this.#clock = new SimulationClock(scenario.start)
    this.#seed = options.seed ?? scenario.seed
  }

  async run(): Promise<SimulationResult> {
    const engine = await this.#startEngine()
    const { watch } = this.#options
    try {
      await watch?.begin(engine)
      const result = await this.#runOn(engine)
      await watch?.end()
      return result
    } finally {
      await engine.close()
    }
  }

  async #startEngine(): Promise<Engine> {
    const { directory } = this.#scenario
    const sides = this.#scenario.sides === 2 ? (['A', 'B'] as const) : (['A'] as const)
    const serves = needsService(this.#scenario) ? sides : []
    const retention = { journal: Number.POSITIVE_INFINITY }
    // Without a store there is no history to read and nothing to restore.
    const throwaway = this.#options.store === undefined
    const starting = startEngine({
      directory,
      store: this.#store,
      clock: this.#clock,
      sides,
      serves,
      retention,
      throwaway,
    })
    this.#clock.track(starting)
    await this.#clock.settle()
    const engine = await starting
    if (serves.length === 0) return engine
    for (const side of serves) {
      engine.adapters.attach(side, { publish: () => Promise.resolve() })
      this.#clock.track(engine.adapters.notificationService(side, true))
    }
    await this.#clock.settle()
    return engine
  }

  async #runOn(engine: Engine): Promise<SimulationResult> {
    const scenario = this.#scenario
    const world = new World(scenario, this.#seed, this.#clock, engine)
    const queues = new QueueMeasure(queuesOf(scenario), scenario.warmUp)
    const contacts = new SimulatedContacts(world, queues)
    const recorder = new Recorder(engine, contacts, scenario, this.#options.lanes ?? LANES)
    const agents = this.#createAgents(world, contacts, recorder)
    engine.on('failedInput', ({ aggregate, position, error }) => {
      this.#clock.stop(new SimulationFailed(`input ${position} failed in ${aggregate}: ${error}`))
    })
    engine.on('store', ({ problem }) => {
      if (problem !== undefined) this.#clock.stop(new SimulationFailed(`the journal cannot be kept: ${problem}`))
    })
    if (usesQueues(scenario)) engine.on('committed', () => contacts.lookAtQueues())
    setNumbers(world)
    startCampaigns(world)
    startScript(world, contacts)
    startShifts(world, agents)
    startArrivals(world, contacts)
    startFaults(world, agents)
    const workedBefore = new Map<string, number>()
    const begin = () => {
      queues.begin()
      recorder.begin()
      for (const { user, workingMs } of agents) workedBefore.set(user, workingMs)
    }
    const { every, expectations } = await this.#advance(engine, contacts, queues, begin)
    const working = new Map(agents.map(({ user, workingMs }) => [user, workingMs - (workedBefore.get(user) ?? 0)]))
    const people = recorder.results(scenario.duration, (user) => working.get(user) ?? 0)
    const notified = recorder.notifications
    const result = this.#resultOf(engine, people, notified, queues, contacts, every)
    const totals = scenario.expect.flatMap((expected) => lookBack(expected, result) ?? [])
    return { ...result, expectations: [...expectations, ...totals].sort((a, b) => a.line - b.line) }
  }

  /** Creates the agents. They get the notifications of their nodes, after the recorder has got them. */
  #createAgents(world: World, contacts: SimulatedContacts, recorder: Recorder): readonly Agent[] {
    const happened = this.#collectLines(contacts)
    return createAgents(world, contacts, (event, user) => {
      happened?.(event, user)
      recorder.note(event, user)
    })
  }

  /** Calls `step` after each event. Returns a function that collects the lines for it. */
  #collectLines(contacts: SimulatedContacts): ((event: NotificationEvent, user: string) => void) | undefined {
    const { step } = this.#options
    if (!step) return undefined
    let lines: string[] = []
    this.#clock.afterEach = async () => {
      const taken = lines
      lines = []
      if (taken.length > 0) await step(this.#clock.now() - this.#scenario.start, taken)
    }
    return (event, user) => {
      const line = describe(event, user, contacts)
      if (line !== undefined) lines.push(line)
    }
  }

  /** Runs from the start to the end. On the way it samples the queue lengths and checks the expectations. */
  async #advance(engine: Engine, contacts: SimulatedContacts, queues: QueueMeasure, begin: () => void) {
    const { duration, expect, start, warmUp } = this.#scenario
    const every = PERIODS.find((period) => duration / period <= SAMPLES_MAX) ?? LAST_PERIOD
    const moments = new Set([duration, ...expect.map(({ at }) => at)])
    for (let moment = 0; moment <= duration; moment += every) moments.add(moment)
    if (warmUp > 0) moments.add(warmUp)
    const expectations: Expectation[] = []
    for (const moment of [...moments].sort((a, b) => a - b)) {
      await this.#clock.advanceTo(start + moment)
      if (moment === warmUp && warmUp > 0) begin()
      if (moment % every === 0) queues.sample()
      for (const expected of expect)
        if (expected.at === moment) expectations.push(...[lookAt(expected, { engine, contacts, queues }) ?? []].flat())
      const { inputs } = engine.figures
      contained(() => this.#options.onProgress?.({ done: moment, duration, contacts: contacts.arrived, inputs }))
    }
    return { every, expectations }
  }

  #resultOf(
    engine: Engine,
    agents: readonly AgentResult[],
    notifications: number,
    queues: QueueMeasure,
    contacts: SimulatedContacts,
    every: number,
  ): SimulationResult {
    const { name, title, description, start, duration, directory, faults } = this.#scenario
    const { inputs, failedInputs } = engine.figures
    const measured = queues.results(every, contacts.open())
    const { costs, warmUp } = this.#scenario
    const counts = { agents: agents.length, contacts: contacts.arrived, inputs, notifications, failedInputs }
    return {
      format: 1,
      scenario: { name, title, description },
      seed: this.#seed,
      startsAt: start,
      durationMs: duration,
      warmUpMs: warmUp,
      journalHash: this.#store.digest(),
      counts,
      mrds: directory.mediaRoutingDomains
        .filter(({ id }) => id !== VOICE_MRD)
        .map(({ id, name: mrd, interruptible }) => ({ id, name: mrd, interruptible })),
      queues: measured,
      work: workOfAll(agents, directory),
      agents,
      faults: faults.map((fault) => ({
        text: printFault(fault),
        from: fault.from,
        to: Math.min(fault.to ?? duration, duration),
      })),
      people: assumptionsOf(this.#scenario),
      ...(costs ? { costs: costOf(costs, measured, agents) } : {}),
      expectations: [],
    }
  }
}

/** Voice first, then the MRDs of the directory. */
function queuesOf({ directory, media }: Scenario) {
  const others = directory.mediaRoutingDomains.filter(({ id }) => id !== VOICE_MRD)
  return [
    { mrd: VOICE_MRD, name: 'Voice', serviceLevel: SERVICE_LEVEL },
    ...others.map(({ id, name }) => ({ mrd: id, name, serviceLevel: media[id]?.serviceLevel ?? SERVICE_LEVEL })),
  ]
}
