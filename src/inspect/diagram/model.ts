/**
 * A machine as data: its states, and its rows in the order in which they are tried. Plain values and nothing of Node,
 * because both the exports and a page in the browser read it.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { beginningOf } from '../../../machines/beginning.ts'
import { descriptionOf, rulesOf } from '../../../machines/rules.ts'

/** `from` of a row for every state. It is tried after the rows of the state itself. */
export const ANY = '*'

/** A guard or an action by its name, with its parameters. */
export interface Word {
  readonly name: string
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/**
 * `rest`: the machine stays there. `choice`: left at once, by the first row whose guard holds, so that no event arrives
 * in it. `final`: the machine ends there. `group`: it contains other states; its rows are for each of them, and are
 * tried after their own.
 */
export type StateKind = 'rest' | 'choice' | 'final' | 'group'

export interface ChartState {
  readonly name: string
  /** One sentence. */
  readonly description: string
  readonly kind: StateKind
  /** The group that contains it; null: none. */
  readonly within: string | null
  /** The first state of a group; null for other kinds. */
  readonly begins: string | null
  readonly entry: readonly Word[]
  readonly exit: readonly Word[]
}

/** One line of the chart. Of the rows with the same `from` and `event` the first whose guard holds is taken. */
export interface Row {
  /** A state, or `ANY`. */
  readonly from: string
  /** The event; empty for the rows of a `choice`, and for a row that is taken as soon as its guard holds. */
  readonly event: string
  /** Null: the row has no guard. */
  readonly guard: Word | null
  /** The target state. For a target that is a group, its first state. Null: the state does not change. */
  readonly to: string | null
  /** True if the target is exited and entered again when the machine is in it already. */
  readonly reenters: boolean
  /** Ids of the rules that the row implements, as in `machines/RULES.md`; empty for the machines' own work. */
  readonly rules: readonly string[]
  /** One sentence. */
  readonly description: string
  readonly actions: readonly Word[]
}

export interface Chart {
  /** `user`, `media`, … */
  readonly name: string
  readonly initial: string
  readonly states: readonly ChartState[]
  /** Rows of `ANY` first, then state by state, a group before its states. For one state and event the order counts. */
  readonly rows: readonly Row[]
}

/**
 * The chart of a machine.
 *
 * @param name name of the chart; the machine's id by default
 * @throws RangeError for a machine with parallel states, or with two states of the same name. Ours have neither.
 */
export function chartOf(machine: AnyStateMachine, name: string = machine.id): Chart {
  const states = inside(machine.root)
  const isParallel = [machine.root, ...states].some(({ type }) => type === 'parallel')
  if (isParallel) throw new RangeError(`machine ${machine.id} has parallel states`)
  if (new Set(states.map(({ key }) => key)).size < states.length)
    throw new RangeError(`machine ${machine.id} has two states of the same name`)
  return {
    name,
    initial: beginningOf(machine.root).key,
    states: states.map((state) => stateOf(state, machine.root)),
    rows: [...rowsOf(machine.root, ANY), ...states.flatMap((state) => rowsOf(state, state.key))],
  }
}

/** All states below a node, a group before its states. */
const inside = (node: AnyStateNode): readonly AnyStateNode[] =>
  Object.values<AnyStateNode>(node.states).flatMap((state) => [state, ...inside(state)])

function stateOf(state: AnyStateNode, root: AnyStateNode): ChartState {
  const { key, entry, exit, description = '', parent } = state
  const kind = kindOf(state)
  return {
    name: key,
    description,
    kind,
    within: parent === undefined || parent === root ? null : parent.key,
    begins: kind === 'group' ? beginningOf(state).key : null,
    entry: entry.map(wordOf),
    exit: exit.map(wordOf),
  }
}

function kindOf({ type, always = [] }: AnyStateNode): StateKind {
  if (type === 'final') return 'final'
  if (type === 'compound') return 'group'
  // If every row has a guard, the machine stays in the state until one holds.
  const last = always.at(-1)
  return last !== undefined && last.guard === undefined ? 'choice' : 'rest'
}

function rowsOf({ transitions, always = [] }: AnyStateNode, from: string): readonly Row[] {
  const waiting = [...transitions].flatMap(([event, rows]) => rows.map((row) => rowOf(row, from, event)))
  return [...waiting, ...always.map((row: AnyTransitionDefinition) => rowOf(row, from, ''))]
}

const rowOf = (row: AnyTransitionDefinition, from: string, event: string): Row => ({
  from,
  event,
  guard: row.guard === undefined ? null : wordOf(row.guard),
  to: row.target?.[0] === undefined ? null : beginningOf(row.target[0]).key,
  reenters: row.reenter,
  rules: rulesOf(row),
  description: descriptionOf(row),
  actions: row.actions.map(wordOf),
})

/** Guards and actions are names, or names with parameters. A bare function gets its own name. */
function wordOf(word: unknown): Word {
  if (typeof word === 'string') return { name: word, params: {} }
  if (typeof word === 'function') return { name: word.name || 'inline', params: {} }
  if (typeof word !== 'object' || word === null || !('type' in word)) return { name: String(word), params: {} }
  return { name: String(word.type), params: 'params' in word ? paramsOf(word.params) : {} }
}

function paramsOf(params: unknown): Word['params'] {
  if (typeof params !== 'object' || params === null) return {}
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
    ]),
  )
}

/** A word as text, such as `was(ACTIVE)`, with the values of its parameters. Their names are only in the JSON. */
export function textOf({ name, params }: Word): string {
  const values = Object.values(params)
  return values.length > 0 ? `${name}(${values.join(', ')})` : name
}
