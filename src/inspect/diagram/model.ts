/**
 * A machine as data: its states, and its rows in the order in which they are tried.
 * Plain values and nothing of Node: the exports read it, and so does a page in the browser.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { beginningOf } from '../../../machines/beginning.ts'
import { descriptionOf, rulesOf } from '../../../machines/rules.ts'

/** `from` of a row that holds in every state: it is tried after the rows of the state itself. */
export const ANY = '*'

/** A guard or an action by its name, with what it is told. */
export interface Word {
  readonly name: string
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/**
 * `rest`: the machine stays there. `choice`: left at once, by the first row whose guard holds; no event ever finds the
 * machine there. `final`: nothing follows. `group`: other states are inside; a row of it holds in each of them, and is
 * tried after their own.
 */
export type StateKind = 'rest' | 'choice' | 'final' | 'group'

export interface ChartState {
  readonly name: string
  /** In one sentence. */
  readonly description: string
  readonly kind: StateKind
  /** The group that it is in; null: none. */
  readonly within: string | null
  /** Of a group: the state that begins it. Null for every other. */
  readonly begins: string | null
  readonly entry: readonly Word[]
  readonly exit: readonly Word[]
}

/** One line of the chart. Of the rows with the same `from` and `event` the first whose guard holds is taken. */
export interface Row {
  /** A state, or `ANY`. */
  readonly from: string
  /** The event; empty for the rows of a `choice`, which wait for none. */
  readonly event: string
  /** Null: it always holds. */
  readonly guard: Word | null
  /** A state, never a group: that is entered where it begins. Null: the state stays, and nothing is entered or left. */
  readonly to: string | null
  /** The target is left and entered again where the machine is in it already. */
  readonly reenters: boolean
  /** The rules that it keeps; none for the machines' own work. `machines/RULES.md` has their sentences. */
  readonly rules: readonly string[]
  /** In one sentence. */
  readonly description: string
  readonly actions: readonly Word[]
}

export interface Chart {
  /** `user`, `media`, … */
  readonly name: string
  readonly initial: string
  readonly states: readonly ChartState[]
  /** Rows of `ANY` first, then state by state, groups before what is inside; for one state and event the order counts. */
  readonly rows: readonly Row[]
}

/**
 * The chart of a machine.
 *
 * @param name what to call it; the machine's own id otherwise
 * @throws RangeError for a machine with states side by side, or with two of the same name: none of ours has.
 */
export function chartOf(machine: AnyStateMachine, name: string = machine.id): Chart {
  const states = inside(machine.root)
  const isParallel = [machine.root, ...states].some(({ type }) => type === 'parallel')
  if (isParallel) throw new RangeError(`machine ${machine.id} has states side by side`)
  if (new Set(states.map(({ key }) => key)).size < states.length)
    throw new RangeError(`machine ${machine.id} has two states of one name`)
  return {
    name,
    initial: beginningOf(machine.root).key,
    states: states.map((state) => stateOf(state, machine.root)),
    rows: [...rowsOf(machine.root, ANY), ...states.flatMap((state) => rowsOf(state, state.key))],
  }
}

/** All states below one, groups before what is inside. */
const inside = (node: AnyStateNode): readonly AnyStateNode[] =>
  Object.values<AnyStateNode>(node.states).flatMap((state) => [state, ...inside(state)])

function stateOf(state: AnyStateNode, root: AnyStateNode): ChartState {
  const { key, type, always = [], entry, exit, description = '', parent } = state
  const kind = type === 'final' ? 'final' : type === 'compound' ? 'group' : always.length > 0 ? 'choice' : 'rest'
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

/** Guards and actions of the charts are names, or names with parameters; a bare function goes by its own name. */
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

/** `was(ACTIVE)`: the values of the parameters; their names are in the JSON. */
export function textOf({ name, params }: Word): string {
  const values = Object.values(params)
  return values.length > 0 ? `${name}(${values.join(', ')})` : name
}
