/** The innermost initial state of a node: XState enters a compound state by its initial state. */
import type { AnyStateNode } from 'xstate'

export function beginningOf(node: AnyStateNode): AnyStateNode {
  const [first]: readonly AnyStateNode[] = node.type === 'compound' ? node.initial.target : []
  return first === undefined ? node : beginningOf(first)
}
