/** A machine as XState's own configuration. */
import type { AnyStateMachine } from 'xstate'

/**
 * What `createMachine` takes, and Stately's tools import: states, rows with their descriptions and rules, guards and actions
 * by name. Plain JSON: the first context is a function and left out. (`machine.toJSON()` leaves out the rows that are taken
 * at once, and `createMachine` does not take it back.)
 */
export const configurationOf = ({ config }: AnyStateMachine): string => `${JSON.stringify(config, null, 2)}\n`
