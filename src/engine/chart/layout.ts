/** The rows of a flat chart, laid out once: what XState works out at every step. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { type Act, actOf, isPlainFunction, type Reckoned } from './act.ts'
import { wordOf } from './word.ts'

/** A row of the table: what an event, or nothing but the context, leads to. */
export interface Row {
  readonly guard: ((about: Reckoned) => unknown) | undefined
  readonly guardName: string
  readonly acts: readonly Act[]
  /** Where it leads, if it leaves its state or enters it anew. */
  readonly target: Place | undefined
  /** The state that has it. */
  readonly source: string
  /** As XState knows it. */
  readonly definition: AnyTransitionDefinition
}

/** A state of the chart. */
export interface Place {
  /** As snapshots name it. */
  readonly value: string
  /** The states that are active in it, as XState keeps them. */
  readonly nodes: readonly AnyStateNode[]
  /** Its rows and the root's, by event: the first that holds is taken. */
  readonly rows: ReadonlyMap<string, readonly Row[]>
  readonly always: readonly Row[]
  readonly entry: readonly Act[]
  readonly exit: readonly Act[]
  readonly isFinal: boolean
}

/**
 * The states by name.
 *
 * @throws TypeError when the chart is not flat, or has what no chart of ours has: invoked actors, delays, wildcards.
 */
export function layOut(machine: AnyStateMachine): ReadonlyMap<string, Place> {
  const { root } = machine
  const states: readonly AnyStateNode[] = Object.values(root.states)
  // Children of a machine that ends would have to be stopped.
  const mayLeaveChildren = Object.keys(machine.implementations.actors).length > 0
  const isOurs = isBareRoot(root) && states.every(isFlat)
  if (!isOurs || (mayLeaveChildren && states.some(({ type }) => type === 'final')))
    throw new TypeError(`the chart ${machine.id} is not flat`)
  const places = new Map<string, Place & { readonly rows: Map<string, Row[]>; readonly always: Row[] }>()
  const acts = (actions: readonly unknown[]) => actions.map((action) => actOf(machine, action))
  for (const node of states) {
    const { key, entry, exit, type } = node
    const own = { entry: acts(entry), exit: acts(exit), rows: new Map<string, Row[]>(), always: [] }
    places.set(key, { value: key, nodes: [root, node], isFinal: type === 'final', ...own })
  }
  const rowOf = (definition: AnyTransitionDefinition): Row => {
    const { source, target, reenter, actions } = definition
    const [to] = target ?? []
    const isLeft = to !== undefined && (reenter || to !== source)
    return {
      ...guardOf(machine, definition.guard),
      acts: acts(actions),
      target: isLeft ? places.get(to.key) : undefined,
      source: source.id,
      definition,
    }
  }
  for (const node of states) {
    const place = places.get(node.key)
    for (const owner of [node, root])
      for (const [event, definitions] of owner.transitions)
        place?.rows.set(event, [...(place.rows.get(event) ?? []), ...definitions.map(rowOf)])
    place?.always.push(...(node.always ?? []).map(rowOf))
  }
  return places
}

const isBareRoot = (root: AnyStateNode): boolean =>
  root.type === 'compound' &&
  root.output === undefined &&
  !root.always &&
  root.entry.length + root.exit.length + root.after.length + root.invoke.length + root.tags.length === 0 &&
  hasPlainRows(root)

const isFlat = (node: AnyStateNode): boolean =>
  (node.type === 'atomic' || (node.type === 'final' && node.output === undefined)) &&
  node.after.length + node.invoke.length + node.tags.length === 0 &&
  hasPlainRows(node)

const hasPlainRows = ({ transitions, always = [] }: AnyStateNode): boolean =>
  [...transitions.keys()].every((event) => !event.includes('*')) &&
  [...transitions.values(), always].flat().every(({ target }) => target === undefined || isOneState(target))

const isOneState = (target: readonly AnyStateNode[]): boolean =>
  target.length === 1 && target[0]?.parent?.parent === undefined && target[0]?.parent !== undefined

function guardOf({ id, implementations }: AnyStateMachine, guard: unknown) {
  if (guard === undefined) return { guard: undefined, guardName: '' }
  const { name, params } = wordOf(guard)
  const { guards } = implementations
  const first = typeof guard === 'function' ? guard : guards[name]
  if (!isPlainFunction(first)) throw new TypeError(`${id}: guard ${name} is no function of the context and the event`)
  const check = (about: Reckoned) => {
    const now: unknown = guards[name]
    return isPlainFunction(now) ? now(about, params) : first(about, params)
  }
  return { guard: check, guardName: name }
}
