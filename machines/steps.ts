/**
 * The steps that the tables list, from the metadata of the charts (`leadsTo`). A follower accepts every step
 * (`user 5.1`: any state may follow any other), but flags those that are not listed.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { nextOf } from './rules.ts'

/** For each state that clients see, the listed next states. */
export function stepsOf({ root }: { readonly root: AnyStateMachine['root'] }): ReadonlyMap<string, readonly string[]> {
  const leaves = (node: AnyStateNode): readonly AnyStateNode[] =>
    node.type === 'compound' ? Object.values<AnyStateNode>(node.states).flatMap(leaves) : [node]
  return new Map(leaves(root).map((leaf) => [leaf.key, nextOf(leaf)]))
}
