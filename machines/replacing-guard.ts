/** A guard of an embedder in place of a guard of the charts. */
import type { EventObject, GuardArgs, MachineContext } from 'xstate'

/**
 * Decides in place of a guard of the charts.
 *
 * It decides by its arguments only, changes nothing, and returns `true` or `false`. Otherwise a replay would decide
 * differently.
 *
 * `args`: context and event, as XState gives them to a guard. `original`: the guard of the charts, which can be asked
 * with the same arguments. `params`: the parameters of the row, for the guards that have some.
 */
export type ReplacingGuard<Context extends MachineContext, Event extends EventObject, Params = undefined> = (
  args: GuardArgs<Context, Event>,
  original: (args: GuardArgs<Context, Event>) => boolean,
  params: Params,
) => boolean
