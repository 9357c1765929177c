/** Simulates the failures of a scenario. */
import type { FaultInput } from '../../engine/api.ts'
import type { Scenario } from '../scenario/model.ts'
import type { FaultEntry } from '../scenario/schema.ts'
import type { Agent } from './agent.ts'
import type { World } from './world.ts'

export function startFaults(world: World, agents: readonly Agent[]): void {
  for (const fault of world.scenario.faults) {
    world.atMoment(fault.from, () => change(world, agents, fault, false))
    if (fault.to !== undefined) world.atMoment(fault.to, () => change(world, agents, fault, true))
  }
}

/** Whether the scenario or its script has a fault of the notification service, so that the engine needs one. */
export const needsService = ({ faults, script }: Pick<Scenario, 'faults' | 'script'>): boolean =>
  [...faults, ...script].some((entry) => 'type' in entry && entry.type === 'notification-service')

function change({ clock, engine }: World, agents: readonly Agent[], fault: FaultEntry, up: boolean): void {
  const { type, side } = fault
  if (type !== 'notification-service') {
    clock.track(engine.fault(inputOf(fault, type, up)))
    if (type === 'side' && !up) for (const agent of agents) agent.loseSide(side)
    return
  }
  // The order is that of a restarted service: first the sessions begin, then the service reports that it is back.
  if (up) for (const agent of agents) agent.reconnect(side)
  clock.track(engine.adapters.notificationService(side, up))
}

/** A fault of the ACD or of a side, as an input of the engine. */
export function inputOf(
  { side, both, mode }: Pick<FaultEntry, 'side' | 'both' | 'mode'>,
  type: FaultInput['type'],
  up: boolean,
): FaultInput {
  if (type === 'peripheral-gateway') return { type, side, both, up }
  if (type === 'resubmission') return { type, side, mode, up }
  return { type, side, up }
}

/** Describes a fault for reports. */
export function printFault(fault: FaultEntry): string {
  if (fault.type === 'side') return `side ${fault.side} lost`
  const text = printType(fault.type, fault)
  return fault.side === 'B' ? `${text} (side B)` : text
}

function printType(type: Exclude<FaultEntry['type'], 'side'>, { both, mode }: FaultEntry): string {
  if (type === 'peripheral-gateway') return both ? 'both peripheral gateways down' : 'one peripheral gateway down'
  if (type === 'resubmission') return `resubmission: ${mode}`
  return {
    'acd-link': 'ACD link lost',
    'app-path': 'application path down',
    'notification-service': 'notification service lost',
  }[type]
}
