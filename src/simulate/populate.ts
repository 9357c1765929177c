/**
 * The agents and customers of a scenario, on an engine that runs anyway. Time is that of the engine, so it does not stop
 * at the end of the scenario: its arrivals, breaks and faults come again, with other random numbers, and the agents stay.
 */

import type { Engine } from '../engine/api.ts'
import { contained } from '../engine/contained.ts'
import type { Clock } from '../engine/ports.ts'
import { QueueMeasure } from './measure/queues.ts'
import type { Agent } from './run/agent.ts'
import { createAgents, usesQueues } from './run/agents.ts'
import { startArrivals } from './run/arrivals.ts'
import { SimulatedContacts } from './run/contacts.ts'
import { startFaults } from './run/faults.ts'
import { setNumbers } from './run/numbers.ts'
import { startInterludes, startShifts } from './run/shifts.ts'
import { World, type WorldClock } from './run/world.ts'
import type { Scenario } from './scenario/model.ts'

export interface PopulateOptions {
  readonly scenario: Scenario
  /** An engine with the directory, the sides and the built-in ACD that the scenario needs. */
  readonly engine: Engine
  /** The clock of the engine. */
  readonly clock: Clock
  /** Called with every error that nobody expects. The people go on. */
  readonly failed: (error: unknown) => void
}

export interface Population {
  /** Nobody does anything from now on. Call it before the engine is closed. */
  stop(): void
}

/**
 * Starts them: the scenario begins now. The script, the campaigns and the expectations of the scenario are left out. No
 * figures are kept, so that the population needs no more memory after days than after an hour.
 */
export function populate({ scenario, engine, clock, failed }: PopulateOptions): Population {
  const time = stoppable(clock, failed)
  const begun = { ...scenario, start: clock.now(), script: [], expect: [] }
  const world = new World(begun, scenario.seed, time, engine)
  const mrds = scenario.directory.mediaRoutingDomains
  // All contacts come during the warm-up, so no figure grows.
  const queues = new QueueMeasure(
    mrds.map(({ id, name }) => ({ mrd: id, name, serviceLevel: 0 })),
    Number.POSITIVE_INFINITY,
  )
  const contacts = new SimulatedContacts(world, queues)
  const agents = createAgents(world, contacts)
  if (usesQueues(begun)) engine.on('committed', () => time.isStopped || contacts.lookAtQueues())
  setNumbers(world)
  startShifts(world, agents)
  startRound(world, contacts, agents)
  const again = (number: number) => {
    const next = roundOf(world, number)
    time.at(next.scenario.start, () => {
      queues.begin()
      startInterludes(next, agents)
      startRound(next, contacts, agents)
      again(number + 1)
    })
  }
  again(1)
  return { stop: time.stop }
}

function startRound(world: World, contacts: SimulatedContacts, agents: readonly Agent[]): void {
  startArrivals(world, contacts)
  startFaults(world, agents)
}

/** The scenario again, `number` times its duration later. Its customers have other names, and so another fate. */
function roundOf({ scenario, seed, clock, engine }: World, number: number): World {
  const arrivals = scenario.arrivals.map((arrival) => ({ ...arrival, key: `${arrival.key}/${number}` }))
  const start = scenario.start + number * scenario.duration
  return new World({ ...scenario, arrivals, start }, seed + number, clock, engine)
}

/** A clock whose timers do nothing after `stop`, and whose errors are told instead of thrown. */
function stoppable(clock: Clock, failed: (error: unknown) => void): WorldClock & { stop(): void; isStopped: boolean } {
  const tell = (error: unknown) => contained(() => failed(error))
  const time = {
    isStopped: false,
    stop: () => {
      time.isStopped = true
    },
    now: () => clock.now(),
    at: (moment: number, wake: () => void) =>
      clock.at(moment, () => {
        if (time.isStopped) return
        try {
          wake()
        } catch (error) {
          tell(error)
        }
      }),
    track: (work: Promise<unknown>) => {
      work.catch((error: unknown) => time.isStopped || tell(error))
    },
  }
  return time
}
