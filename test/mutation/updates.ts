/** Which actions of the charts only change the context, and say nothing. */
import * as machines from '../../machines/index.ts'
import { literal, type Node, propertyOf } from './syntax.ts'

/** The type that XState gives to an action made by `assign`. */
const UPDATE = 'xstate.assign'

const charts = [
  machines.callMachine,
  machines.legMachine,
  machines.mediaMachine,
  machines.presenceMachine,
  machines.sideMachine,
  machines.taskMachine,
  machines.userMachine,
]

const UPDATES: ReadonlySet<string> = new Set(
  charts.flatMap(({ implementations }) =>
    Object.entries(implementations.actions).flatMap(([name, action]) =>
      typeof action === 'function' && Reflect.get(action, 'type') === UPDATE ? [name] : [],
    ),
  ),
)

/**
 * Is this the name of such an action? It is exchanged with no other: what clients see is the order of what is said. Whether
 * it is needed at all is another mutant (`action-dropped`).
 */
export function isUpdate(node: Node): boolean {
  const name = literal(node.type === 'ObjectExpression' ? propertyOf(node, 'type') : node)
  return name !== undefined && UPDATES.has(name)
}
