/**
 * The steps that the tables list, as the charts say them (`leadsTo`), for telling an unusual step from a usual one.
 * Advisory: a follower accepts every step (`user 5.1`: any state may follow any other) and flags those that are missing.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { nextOf } from './rules.ts'

/** For each state that clients see, those that may follow. */
export function stepsOf({ root }: { readonly root: AnyStateMachine['root'] }): ReadonlyMap<string, readonly string[]> {
  const leaves = (node: AnyStateNode): readonly AnyStateNode[] =>
    node.type === 'compound' ? Object.values<AnyStateNode>(node.states).flatMap(leaves) : [node]
  return new Map(leaves(root).map((leaf) => [leaf.key, nextOf(leaf)]))
}
