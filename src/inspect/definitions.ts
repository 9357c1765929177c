/** Finds the machine of an actor, and its configuration for inspectors, with actions and guards by name. */
import type { InspectedActor } from '../engine/inspection/api.ts'
import { ofAllMachines } from './diagram/machines.ts'
import type { MachineName, Machines } from './protocol.ts'

/** Functions in a configuration, such as the first context, are shown by their name. */
const byName = (_key: string, value: unknown) => (typeof value === 'function' ? { type: value.name } : value)

const NAMES: ReadonlyMap<object, MachineName> = new Map(
  [...ofAllMachines(({ config }) => config)].map(([name, config]) => [config, name]),
)

/**
 * The machine that an actor runs; `undefined` for a queue, which runs none. The machine is found by its configuration.
 * The name in the tree would not do, because a follower's machines have the same names there. A machine with an
 * embedder's guards has the configuration of the original.
 */
export function machineOf({ logic }: InspectedActor): MachineName | undefined {
  return logic && NAMES.get(logic.config)
}

const TEXTS: ReadonlyMap<MachineName, string> = ofAllMachines(({ config }) => JSON.stringify(config, byName))

/** The configuration as JSON text, for the `definition` of an actor frame. */
export const definitionOf = (machine: MachineName): string => TEXTS.get(machine) ?? ''

/** All configurations, for `GET /inspect/machines`. */
export function machineDefinitions(): Machines {
  return JSON.parse(`{${[...TEXTS].map(([name, text]) => `"${name}":${text}`).join()}}`)
}
