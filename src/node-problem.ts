/** Which Node is needed. Imports nothing, and links on every Node. */
const NEEDED = 24

/** What is wrong with this Node, in one sentence; undefined when nothing is. */
export function nodeProblem(): string | undefined {
  const { node } = process.versions
  return Number(node.split('.')[0]) < NEEDED ? `mrdian: Node ${NEEDED} or newer is needed, this is ${node}` : undefined
}
