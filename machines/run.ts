/**
 * Helpers to run a tree of actors: the effects of all actors in one stream, and their deadlines. A machine that runs
 * alone is a tree too.
 */
import type { ActorRefLike, AnyActorRef, AnyEventObject, Subscription } from 'xstate'
import type { LegChanged } from './call/leg-model.ts'
import { type Effect, isEffect } from './effects.ts'
import type { MediaReport } from './media/model.ts'
import type { PresenceReport } from './presence.ts'
import type { Reported } from './report.ts'
import type { SideEffect } from './side.ts'
import type { DialogChanged } from './task/model.ts'

/**
 * What a tree emits: effects, the status of a side, and the reports of a root without a parent. `isEffect` is `false`
 * for a report, because a report is for the parent.
 */
export type Emitted = Effect | SideEffect | Reported<MediaReport | PresenceReport | DialogChanged | LegChanged>

interface Emitting {
  on(type: '*', listener: (effect: AnyEventObject) => void): unknown
}

const isEmitting = (actor: object): actor is Emitting => 'on' in actor && typeof actor.on === 'function'

function childrenOf(actor: AnyActorRef): readonly AnyActorRef[] {
  const { children = {} }: { readonly children?: Readonly<Record<string, AnyActorRef | undefined>> } =
    actor.getSnapshot()
  return Object.values(children).flatMap((child) => child ?? [])
}

const isEmitted = (event: { readonly type: string }): event is Emitted =>
  event.type === 'reported' || event.type === 'side.changed' || isEffect(event)

type EffectListener = (effect: Emitted, from: ActorRefLike) => void

/**
 * Calls `listener` for the effects of an actor and of all its descendants, in order. Actors that are created later are
 * included, while `actor.on('*')` gets the effects of one actor only. Call it before `start`, because effects of the
 * start are missed otherwise. The reports of an actor without a parent are among them, as `reported`.
 */
export function effects(actor: AnyActorRef, listener: (effect: Emitted) => void): Subscription {
  return listenToTree(actor, (effect) => listener(effect))
}

function listenToTree(actor: AnyActorRef, listener: EffectListener): Subscription {
  let isOver = false
  const listenTo = (each: ActorRefLike): void => {
    if (!isEmitting(each)) return
    each.on('*', (effect) => {
      if (!isOver && isEmitted(effect)) listener(effect, each)
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
  const kept = listenToTree(actor, (effect, armedBy) => {
    if (effect.type !== 'deadline.armed' && effect.type !== 'deadline.cleared') return
    const key = `${effect.owner} ${effect.name}`
    clear(key)
    if (effect.type === 'deadline.cleared') return
    const { name, due } = effect
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
