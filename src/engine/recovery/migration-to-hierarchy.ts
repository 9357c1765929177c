/** Migration from machine version 3 to 4: the states are LOGOUT and SIGNED_IN, and all others are below SIGNED_IN. */

import { isObject, type JsonObject } from '../json.ts'
import type { Json } from '../ports.ts'
import { changed } from './migration-tools.ts'

const signedIn = (value: Json | undefined): Json => (value === 'LOGOUT' ? value : { SIGNED_IN: value ?? null })

/**
 * The key `state` becomes `left`, which names the state that a transition leaves. In a snapshot it is `null`. The key
 * `role` is dropped, because the machine knows its role.
 */
function contextWithoutState({ role: _, ...context }: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => (key === 'state' ? ['left', null] : [key, value])),
  )
}

const withoutFollows = ({ follows: _, ...context }: JsonObject): Json => context

const snapshotOf = (child: Json, change: (snapshot: JsonObject) => Json): Json => changed(child, 'snapshot', change)

const mapped = (children: Json | undefined, change: (child: Json, id: string) => Json): Json =>
  isObject(children)
    ? Object.fromEntries(Object.entries(children).map(([id, child]) => [id, change(child, id)]))
    : (children ?? null)

const task = (child: Json): Json => snapshotOf(child, (snapshot) => changed(snapshot, 'context', withoutFollows))

const medium = (child: Json): Json => snapshotOf(child, (snapshot) => withHierarchy(snapshot, task))

const withHierarchy = (snapshot: JsonObject, change: (child: Json, id: string) => Json): JsonObject => ({
  ...snapshot,
  value: signedIn(snapshot.value),
  context: isObject(snapshot.context) ? contextWithoutState(snapshot.context) : (snapshot.context ?? null),
  children: mapped(snapshot.children, change),
})

/** Migrates the actor tree of a user. */
export const treeWithHierarchy = (tree: JsonObject): Json =>
  withHierarchy(tree, (child, id) => (id.startsWith('media:') ? medium(child) : child))

/** Migrates the actor of a call. */
export const callWithoutState = (tree: JsonObject): Json =>
  changed(tree, 'context', ({ state: _, ...context }) => context)
