/** A tree of actors as one: whatever any of them wants to happen. */
import type { ActorRefLike, AnyActorRef, AnyEventObject, Subscription } from 'xstate'

interface Emitting {
  on(type: '*', listener: (effect: AnyEventObject) => void): unknown
}

const isEmitting = (actor: object): actor is Emitting => 'on' in actor && typeof actor.on === 'function'

function childrenOf(actor: AnyActorRef): readonly AnyActorRef[] {
  const { children = {} }: { readonly children?: Readonly<Record<string, AnyActorRef | undefined>> } =
    actor.getSnapshot()
  return Object.values(children).flatMap((child) => child ?? [])
}

/**
 * Delivers the effects of an actor and of everyone below it, in the order in which they are to happen, however the
 * children come and go; `actor.on('*')` hears one actor only. Begin before `start`: what the start emits is missed else.
 */
export function effects(actor: AnyActorRef, listener: (effect: AnyEventObject) => void): Subscription {
  let isOver = false
  const hear = (each: ActorRefLike): void => {
    if (!isEmitting(each)) return
    each.on('*', (effect) => {
      if (!isOver) listener(effect)
    })
  }
  const hearTree = (each: AnyActorRef): void => {
    hear(each)
    for (const child of childrenOf(each)) hearTree(child)
  }
  hearTree(actor)
  // A new actor is reported before it starts.
  const inspection = actor.system.inspect(({ type, actorRef }) => {
    if (type === '@xstate.actor') hear(actorRef)
  })
  return {
    unsubscribe() {
      isOver = true
      inspection.unsubscribe()
    },
  }
}
