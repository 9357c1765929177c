/**
 * Helpers to run a tree of actors: the effects of all actors in one stream, and their deadlines. A machine that runs
 * alone is a tree too.
 */
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

type EffectListener = (effect: AnyEventObject, from: ActorRefLike) => void

/**
 * Calls `listener` for the effects of an actor and of all its descendants, in order. Actors that are created later are
 * included, while `actor.on('*')` gets the effects of one actor only. Call it before `start`, because effects of the
 * start are missed otherwise.
 */
export function effects(actor: AnyActorRef, listener: (effect: AnyEventObject) => void): Subscription {
  return listenToTree(actor, (effect) => listener(effect))
}

function listenToTree(actor: AnyActorRef, listener: EffectListener): Subscription {
  let isOver = false
  const listenTo = (each: ActorRefLike): void => {
    if (!isEmitting(each)) return
    each.on('*', (effect) => {
      if (!isOver) listener(effect, each)
    })
  }
  const listenToAll = (each: AnyActorRef): void => {
    listenTo(each)
    for (const child of childrenOf(each)) listenToAll(child)
  }
  listenToAll(actor)
  // A new actor is reported before it starts.
  const inspection = actor.system.inspect(({ type, actorRef }) => {
    if (type === '@xstate.actor') listenTo(actorRef)
  })
  return {
    unsubscribe() {
      isOver = true
      inspection.unsubscribe()
    },
  }
}

/** Runs a function at `due` (milliseconds since 1970 UTC). The returned function cancels that. */
export type WakeAt = (due: number, run: () => void) => () => void

/**
 * Runs the deadlines of a tree: when a deadline is due, the actor that armed it gets an event with its name. Machines
 * have no clock, so `wakeAt` has to provide one. Call it before `start`.
 */
export function deadlines(actor: AnyActorRef, wakeAt: WakeAt): Subscription {
  const armed = new Map<string, () => void>()
  const clear = (key: string): void => {
    armed.get(key)?.()
    armed.delete(key)
  }
  const kept = listenToTree(actor, ({ type, owner, name, due }, armedBy) => {
    if (type !== 'deadline.armed' && type !== 'deadline.cleared') return
    const key = `${owner} ${name}`
    clear(key)
    if (type === 'deadline.cleared') return
    const fire = (): void => {
      armed.delete(key)
      if (armedBy.getSnapshot().status === 'active') armedBy.send({ type: name, at: due })
    }
    armed.set(key, wakeAt(due, fire))
  })
  return {
    unsubscribe() {
      kept.unsubscribe()
      for (const key of [...armed.keys()]) clear(key)
    },
  }
}
