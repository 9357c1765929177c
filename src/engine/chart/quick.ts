/**
 * The same machine, stepped with less work.
 *
 * XState's own step serves every kind of chart: nested and parallel states, histories, invoked actors. The charts of
 * `machines/` are flat, and for them it makes the same sets and copies again at every action. Here the rows of a chart
 * are laid out once, and a step copies the context once. Actors, mailboxes, snapshots, actions and inspection stay
 * XState's. `test/machines/quick.test.ts` holds both against each other.
 */
import {
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  StateMachine,
} from 'xstate'
import { Draft } from './draft.ts'
import { layOut, type Row } from './layout.ts'

const twins = new WeakMap<AnyStateMachine, AnyStateMachine>()

/**
 * The quick twin of a machine, its children among it; always the same one for a machine.
 *
 * @throws TypeError for a chart that is not flat.
 */
export function quick<M extends AnyStateMachine>(machine: M): M {
  const twin = twins.get(machine) ?? twinOf(machine)
  twins.set(machine, twin)
  if (!isTwin(machine, twin)) throw new TypeError(`${machine.id} has no twin`)
  return twin
}

const isTwin = <M extends AnyStateMachine>(machine: M, twin: AnyStateMachine): twin is M =>
  twin.config === machine.config

function twinOf(machine: AnyStateMachine): AnyStateMachine {
  const { actors } = machine.implementations
  const quickActors = Object.entries(actors).map(
    ([name, logic]) => [name, logic instanceof StateMachine ? quick(logic) : logic] as const,
  )
  const twin: AnyStateMachine = machine.provide({ actors: Object.fromEntries(quickActors) })
  const { guards, actions } = machine.implementations
  twin.implementations = { ...twin.implementations, guards, actions }
  const places = layOut(twin)
  const { transition } = twin
  const blank = blankOf(twin)
  twin.transition = (snapshot: AnyMachineSnapshot, event: AnyEventObject, scope: AnyActorScope) => {
    const place = isUsual(snapshot, event) ? places.get(snapshot.value) : undefined
    return place ? step(new Draft(snapshot, place, event, scope)) : transition(snapshot, event, scope)
  }
  const first = places.get(blank.value)
  if (!first) throw new TypeError(`the chart ${machine.id} begins nowhere`)
  twin.getInitialSnapshot = (scope: AnyActorScope, input: unknown) => {
    try {
      return begin(new Draft(blank, first, { type: 'xstate.init', input }, scope), input)
    } catch (error) {
      return { ...blank, status: 'error', output: undefined, error }
    }
  }
  return twin
}

/** A snapshot in the first state, to be filled in. */
function blankOf(machine: AnyStateMachine): AnyMachineSnapshot {
  const [first] = machine.root.initial.target
  return machine.resolveState({ value: first?.key ?? '', context: {} })
}

function begin(draft: Draft, input: unknown): AnyMachineSnapshot {
  draft.begin(input)
  return follow(draft)
}

/** That an actor stops, or the error of a child, is XState's affair. */
const isUsual = ({ status }: AnyMachineSnapshot, { type }: AnyEventObject): boolean =>
  status === 'active' && type !== 'xstate.stop' && !type.startsWith('xstate.error.')

/** One event, and all that follows from it inside the machine. */
function step(draft: Draft): AnyMachineSnapshot {
  draft.take(named(draft))
  return follow(draft)
}

function follow(draft: Draft): AnyMachineSnapshot {
  let mayFollow = true
  while (!draft.place.isFinal) {
    const following = mayFollow ? draft.place.always.find((row) => holds(row, draft)) : undefined
    if (following) {
      // What changes nothing is not followed by itself again.
      mayFollow = draft.take(following)
      continue
    }
    const raised = draft.raised.shift()
    if (!raised) break
    draft.event = raised
    draft.take(named(draft))
    mayFollow = true
  }
  return draft.finish()
}

const holds = ({ guard }: Row, { context, event }: Draft): boolean => !guard || Boolean(guard({ context, event }))

/** The row that the event takes, if any. The errors of its guards name it, as XState does. */
function named(draft: Draft): Row | undefined {
  const { type } = draft.event
  for (const row of draft.place.rows.get(type) ?? []) {
    try {
      if (holds(row, draft)) return row
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      const guard = row.guardName === '' ? '' : `'${row.guardName}' `
      throw new Error(
        `Unable to evaluate guard ${guard}in transition for event '${type}' in state node '${row.source}':\n${cause}`,
      )
    }
  }
  return undefined
}
