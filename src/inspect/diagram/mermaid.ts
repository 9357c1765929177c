/** A drawing as a Mermaid `stateDiagram-v2`, which GitHub shows in Markdown. */
import { type Graph, type GraphNode, nodeLabel, START } from './graph.ts'
import { ANY } from './model.ts'

/** Mermaid's id for `ANY`. An id must be a word; no state has this name. */
const ANY_ID = 'any_state'

const END = '[*]'

const idOf = (key: string) => (key === ANY ? ANY_ID : key)

/** The diagram, without the code fence that Markdown needs. */
export function mermaidOf({ name, nodes, edges }: Graph): string {
  const arrows = edges.filter(({ from }) => from !== START)
  const states = nodes.filter(({ kind }) => kind !== 'start' && kind !== 'any')
  const any = nodes.filter(({ kind }) => kind === 'any')
  const of = (kind: GraphNode['kind']) => states.filter((state) => state.kind === kind).map(({ key }) => key)
  const isLinked = ({ key }: GraphNode) => arrows.some(({ from, to }) => from === key || to === key)
  const dashed = [...any.map(() => ANY_ID), ...of('group')]
  const lines = [
    ...of('choice').map((key) => `state ${key} <<choice>>`),
    ...any.map(({ key }) => `state "${nodeLabel(key)}" as ${ANY_ID}`),
    ...states.filter((state) => !isLinked(state)).map(({ key }) => key),
    ...edges.filter(({ from }) => from === START).map(({ to }) => `[*] --> ${to}`),
    ...arrows.map(({ from, to, lines }) => `${idOf(from)} --> ${idOf(to)} : ${lines.map(plain).join('<br/>')}`),
    ...of('final').map((key) => `${key} --> ${END}`),
    ...[...states, ...any].flatMap(({ key, lines }) => noteOf(idOf(key), lines)),
    ...(dashed.length > 0 ? ['classDef anywhere stroke-dasharray: 5 4', `class ${dashed.join(',')} anywhere`] : []),
  ]
  return `---\ntitle: ${name}\n---\nstateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function noteOf(id: string, lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? [`note right of ${id}`, ...lines.map((line) => `  ${plain(line)}`), 'end note'] : []
}

/** Replaces characters that have a meaning in Mermaid. */
const plain = (text: string) => text.replaceAll(/[;#<>{}]/g, ' ')
