/**
 * Traps: wrappers of every guard, action and initial context of every machine. A test can make one of them throw, and
 * can see which of them were used.
 */
import type { AnyStateMachine } from 'xstate'
import { legOfCall } from '../../machines/call/guards.ts'
import { followedCallOfUser } from '../../machines/followed/call.ts'
import { followedTaskOfMedium } from '../../machines/followed/media.ts'
import { followedMediumOfUser } from '../../machines/followed/user.ts'
import { callMachine, followedLegMachine, followedUserMachine, sideMachine, userMachine } from '../../machines/index.ts'
import { taskOfMedium } from '../../machines/media/guards.ts'
import { mediumOfUser, presenceOfUser } from '../../machines/user/guards.ts'

/** The machines as they run in the trees. */
export const MACHINES = {
  user: userMachine,
  media: mediumOfUser,
  task: taskOfMedium,
  call: callMachine,
  leg: legOfCall,
  presence: presenceOfUser,
  side: sideMachine,
  'followed user': followedUserMachine,
  'followed media': followedMediumOfUser,
  'followed task': followedTaskOfMedium,
  'followed call': followedCallOfUser,
  'followed leg': followedLegMachine,
} as const

/** A follower uses the implementations of the authority and its own. The former have their traps at the authority. */
const SHARED: Readonly<Record<string, AnyStateMachine>> = {
  'followed user': userMachine,
  'followed media': mediumOfUser,
  'followed task': taskOfMedium,
}

export interface Traps {
  /** For example `media guard isMember`. */
  readonly names: readonly string[]
  /** The implementations that were used since `forget`. */
  readonly used: ReadonlySet<string>
  /** How often a trap threw since it was armed. */
  readonly sprung: number
  forget(): void
  /** The next use throws. Later uses do not, so that earlier steps can be replayed. */
  arm(name: string): void
  /** The next task in an effect of this action throws when `field` is read. */
  spoil(name: string, field: string): void
  disarm(): void
  /** Restores the machines. */
  remove(): void
}

/** Replaces a property of an object. The returned function restores it. */
function replace(table: object, key: string, make: (original: unknown) => unknown): () => void {
  const original: unknown = Reflect.get(table, key)
  Reflect.set(table, key, make(original))
  return () => Reflect.set(table, key, original)
}

type Callable = Parameters<typeof Reflect.apply>[0]

/** An action whose effects pass through `change`. */
type Change = (effect: unknown) => unknown

/** The implementation, which calls `before` first. Actions of XState are functions with a `resolve`. */
function preceded(original: unknown, before: () => void, change: Change): unknown {
  if (typeof original !== 'function') return original
  const ahead = (call: Callable) =>
    function (this: unknown, ...given: unknown[]): unknown {
      before()
      return Reflect.apply(call, this, given)
    }
  const resolve: unknown = Reflect.get(original, 'resolve')
  const made = Object.assign(
    ahead(original),
    original,
    typeof resolve === 'function' ? { resolve: ahead(resolve) } : {},
  )
  // XState resolves these itself, and reads their parts at every use.
  for (const part of ['assignment', 'event', 'actorRef']) {
    const given: unknown = Reflect.get(original, part)
    if (given === undefined) continue
    const use = () => {
      before()
      return part === 'event' && typeof given === 'function' ? followed(given, change) : given
    }
    Object.defineProperty(made, part, { get: use, enumerable: true })
  }
  return made
}

const followed = (call: Callable, change: Change) =>
  function (this: unknown, ...given: unknown[]): unknown {
    return change(Reflect.apply(call, this, given))
  }

/** The effect with a task that throws where `field` is read; undefined for an effect without one. */
function spoilt(effect: unknown, field: string, onRead: () => never): object | undefined {
  if (typeof effect !== 'object' || effect === null || !('task' in effect) || typeof effect.task !== 'object') return
  const task = Object.defineProperty({ ...effect.task }, field, { get: onRead, enumerable: true })
  return { ...effect, task }
}

export function setTraps(): Traps {
  const used = new Set<string>()
  const names: string[] = []
  const undo: (() => void)[] = []
  let armed: string | undefined
  let sprung = 0
  let bad: { readonly name: string; readonly field: string } | undefined

  const spring = (what: string): never => {
    sprung += 1
    throw new Error(`trap: ${what}`)
  }
  const set = (table: object, key: string, name: string) => {
    names.push(name)
    const onUse = () => {
      used.add(name)
      if (armed !== name) return
      armed = undefined
      spring(name)
    }
    const change = (effect: unknown) => {
      if (bad?.name !== name) return effect
      const { field } = bad
      const changed = spoilt(effect, field, () => spring(`${field} of ${name}`))
      if (changed) bad = undefined
      return changed ?? effect
    }
    undo.push(replace(table, key, (original) => preceded(original, onUse, change)))
  }
  for (const [owner, machine] of Object.entries(MACHINES)) {
    const { guards: sharedGuards = {}, actions: sharedActions = {} } = SHARED[owner]?.implementations ?? {}
    for (const key of Object.keys(machine.implementations.guards ?? {}).filter((each) => !(each in sharedGuards)))
      set(machine.implementations.guards ?? {}, key, `${owner} guard ${key}`)
    for (const key of Object.keys(machine.implementations.actions ?? {}).filter((each) => !(each in sharedActions)))
      set(machine.implementations.actions ?? {}, key, `${owner} action ${key}`)
    if (typeof machine.config.context === 'function' && !(owner in SHARED))
      set(machine.config, 'context', `${owner} context`)
  }
  return {
    names,
    used,
    get sprung() {
      return sprung
    },
    forget: () => used.clear(),
    arm(name) {
      armed = name
      sprung = 0
    },
    spoil(name, field) {
      bad = { name, field }
      sprung = 0
    },
    disarm() {
      armed = undefined
      bad = undefined
    },
    remove() {
      for (const each of undo.splice(0)) each()
    },
  }
}
