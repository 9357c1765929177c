/**
 * A tree of actors as one: whatever any of them wants to happen, and the deadlines that end states by themselves. A machine
 * alone is a tree as well.
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

type Hears = (effect: AnyEventObject, from: ActorRefLike) => void

/**
 * Delivers the effects of an actor and of everyone below it, in the order in which they are to happen, however the
 * children come and go; `actor.on('*')` hears one actor only. Begin before `start`: what the start emits is missed else.
 */
export function effects(actor: AnyActorRef, listener: (effect: AnyEventObject) => void): Subscription {
  return hearing(actor, (effect) => listener(effect))
}

function hearing(actor: AnyActorRef, listener: Hears): Subscription {
  let isOver = false
  const hear = (each: ActorRefLike): void => {
    if (!isEmitting(each)) return
    each.on('*', (effect) => {
      if (!isOver) listener(effect, each)
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

/** Runs something at a time in milliseconds since 1970 UTC; what it returns takes that back. */
export type WakeAt = (due: number, run: () => void) => () => void

/**
 * Keeps the deadlines of a tree: whoever armed one hears of it when it is due. The machines have no clock of their own;
 * `wakeAt` brings one. Begin before `start`.
 */
export function deadlines(actor: AnyActorRef, wakeAt: WakeAt): Subscription {
  const armed = new Map<string, () => void>()
  const clear = (key: string): void => {
    armed.get(key)?.()
    armed.delete(key)
  }
  const kept = hearing(actor, ({ type, owner, name, due }, armedBy) => {
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
