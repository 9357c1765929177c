/** The machines as inspectors draw them: which one an actor runs, and its configuration, actions and guards by name. */
import type { InspectedActor } from '../engine/inspection/api.ts'
import { ofAllMachines } from './diagram/machines.ts'
import type { MachineName, Machines } from './protocol.ts'

/** Functions that stand in a configuration, such as the first context, are shown by name. */
const byName = (_key: string, value: unknown) => (typeof value === 'function' ? { type: value.name } : value)

const NAMES: ReadonlyMap<object, MachineName> = new Map(
  [...ofAllMachines(({ config }) => config)].map(([name, config]) => [config, name]),
)

/**
 * The machine that an actor runs; `undefined` for a queue, which runs none. Told by its configuration: a follower's machines
 * are called in their trees as the authority's are, and one with guards of somebody else has the rows of ours.
 */
export function machineOf({ logic }: InspectedActor): MachineName | undefined {
  return logic && NAMES.get(logic.config)
}

const TEXTS: ReadonlyMap<MachineName, string> = ofAllMachines(({ config }) => JSON.stringify(config, byName))

/** The configuration as JSON text: the `definition` of an actor frame. */
export const definitionOf = (machine: MachineName): string => TEXTS.get(machine) ?? ''

/** All of them, for `GET /inspect/machines`. */
export function machineDefinitions(): Machines {
  return JSON.parse(`{${[...TEXTS].map(([name, text]) => `"${name}":${text}`).join()}}`)
}
