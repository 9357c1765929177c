/**
 * Traps: every guard, action and first context of every machine, wrapped where XState looks it up at run time, so that
 * a test can make one of them throw and can see which of them were used.
 */
import {
  callMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../machines/index.ts'

export const MACHINES = {
  user: userMachine,
  media: mediaMachine,
  task: taskMachine,
  call: callMachine,
  presence: presenceMachine,
  side: sideMachine,
} as const

export interface Traps {
  /** For example `media guard isMember`. */
  readonly names: readonly string[]
  /** What was used since `forget`. */
  readonly used: ReadonlySet<string>
  /** How often a trap threw since it was armed. */
  readonly sprung: number
  forget(): void
  /** The next use throws; the one behind it does not, so that the steps of before can be replayed. */
  arm(name: string): void
  disarm(): void
  /** The machines are as they were. */
  remove(): void
}

/** What is written into a place of an object, and how it is taken out again. */
function replace(table: object, key: string, make: (original: unknown) => unknown): () => void {
  const original: unknown = Reflect.get(table, key)
  Reflect.set(table, key, make(original))
  return () => Reflect.set(table, key, original)
}

type Callable = Parameters<typeof Reflect.apply>[0]

/** The same implementation, with `before` ahead of it. The actions of XState are functions with a `resolve`. */
function preceded(original: unknown, before: () => void): unknown {
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
  // Those that the engine resolves itself: what they are made of is read whenever they are used.
  for (const part of ['assignment', 'event', 'actorRef']) {
    const given: unknown = Reflect.get(original, part)
    if (given === undefined) continue
    const use = () => {
      before()
      return given
    }
    Object.defineProperty(made, part, { get: use, enumerable: true })
  }
  return made
}

export function setTraps(): Traps {
  const used = new Set<string>()
  const names: string[] = []
  const undo: (() => void)[] = []
  let armed: string | undefined
  let sprung = 0

  const set = (table: object, key: string, name: string) => {
    names.push(name)
    const onUse = () => {
      used.add(name)
      if (armed !== name) return
      armed = undefined
      sprung += 1
      throw new Error(`trap: ${name}`)
    }
    undo.push(replace(table, key, (original) => preceded(original, onUse)))
  }
  for (const [owner, machine] of Object.entries(MACHINES)) {
    for (const key of Object.keys(machine.implementations.guards ?? {}))
      set(machine.implementations.guards ?? {}, key, `${owner} guard ${key}`)
    for (const key of Object.keys(machine.implementations.actions ?? {}))
      set(machine.implementations.actions ?? {}, key, `${owner} action ${key}`)
    if (typeof machine.config.context === 'function') set(machine.config, 'context', `${owner} context`)
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
    disarm() {
      armed = undefined
    },
    remove() {
      for (const each of undo.splice(0)) each()
    },
  }
}
