/** The actions of a chart as XState makes them: `assign`, `emit`, `sendTo`, `raise`, … */
import type { AnyActorRef, AnyActorScope, AnyEventObject, AnyStateMachine } from 'xstate'
import { wordOf } from './word.ts'

/** What guards and actions are told. */
export interface Reckoned {
  readonly context: object
  readonly event: AnyEventObject
}

export interface Told extends Reckoned {
  readonly self: AnyActorRef
  readonly system: AnyActorScope['system']
}

/** An action that XState made. */
export interface Made {
  readonly type: string
  resolve(
    scope: AnyActorScope,
    draft: object,
    told: Told,
    params: unknown,
    action: Made,
    extra: { readonly internalQueue: AnyEventObject[] },
  ): readonly [state: unknown, params: unknown, actions: readonly unknown[] | undefined]
  execute?(scope: AnyActorScope, params: unknown): void
}

/** An action of a row, and what it is given. */
export interface Act {
  readonly made: Made
  readonly params: unknown
}

/** @throws TypeError for an action that XState did not make: the charts have none, effects are data. */
export function actOf({ id, implementations }: AnyStateMachine, action: unknown): Act {
  if (isMade(action)) return { made: action, params: undefined }
  const { name, params } = wordOf(action)
  const { actions } = implementations
  const madeFor = (): Made => {
    const made: unknown = actions[name]
    if (!isMade(made) || typeof params === 'function')
      throw new TypeError(`${id}: action ${name} is not one of XState's`)
    return made
  }
  madeFor()
  return {
    params,
    // Looked up whenever it is used, as XState does: what a word means may be replaced.
    get made() {
      return madeFor()
    },
  }
}

const isMade = (action: unknown): action is Made =>
  typeof action === 'function' && 'resolve' in action && typeof action.resolve === 'function'

type PlainFunction = (about: Reckoned, params: unknown) => unknown

/** No combination of guards. */
export const isPlainFunction = (guard: unknown): guard is PlainFunction =>
  typeof guard === 'function' && !('check' in guard)

type Reckon<T> = (told: Told, params: unknown) => T

export type Assign = Made & { readonly assignment: Reckon<object> | Readonly<Record<string, unknown>> }

export const isAssign = (made: Made): made is Assign => made.type === 'xstate.assign'

type Child = AnyActorRef | string | undefined

export type Stop = Made & { readonly actorRef: Child | Reckon<Child> }

export const isStop = (made: Made): made is Stop => made.type === 'xstate.stopChild'

export type Emit = Made & { readonly event: AnyEventObject | Reckon<AnyEventObject> }

export const isEmit = (made: Made): made is Emit => made.type === 'xstate.emit'
