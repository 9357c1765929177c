/** Where a state begins that may have others inside: XState enters a group by its first state. */
import type { AnyStateNode } from 'xstate'

export function beginningOf(node: AnyStateNode): AnyStateNode {
  const [first]: readonly AnyStateNode[] = node.type === 'compound' ? node.initial.target : []
  return first === undefined ? node : beginningOf(first)
}
