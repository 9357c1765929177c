/** Where the actors of a tree emit to: one listener for all of them, however they come and go. */
import type { AnyActorRef, AnyActorScope, AnyEventObject } from 'xstate'

type Listener = (emitted: AnyEventObject) => void

const listeners = new WeakMap<AnyActorRef['system'], Listener>()

/** From now on `listener` hears what the actors of this system emit, and nobody else does. */
export function hearAll({ system }: Pick<AnyActorRef, 'system'>, listener: Listener): void {
  listeners.set(system, listener)
}

/** Tells the listener of the system; without one those of the actor. */
export function tellOutlet(scope: AnyActorScope, emitted: AnyEventObject): void {
  const listener = listeners.get(scope.system)
  if (listener) listener(emitted)
  else scope.emit(emitted)
}
