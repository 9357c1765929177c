/** A drawing as a Mermaid `stateDiagram-v2`, which GitHub shows in Markdown. */
import type { Box, Drawing } from './arrows.ts'
import { ANY } from './model.ts'

/** Ids of Mermaid are words; these two are no names of states. */
const ANY_ID = 'any_state'

const END = '[*]'

/** The diagram, without the fence that Markdown needs round it. */
export function mermaidOf({ name, initial, boxes, arrows, everywhere }: Drawing): string {
  const hasAny = everywhere.length > 0 || arrows.some(({ from }) => from === ANY)
  const id = (state: string) => (state === ANY ? ANY_ID : state)
  const isLinked = ({ state }: Box) => arrows.some(({ from, to }) => from === state.name || to === state.name)
  const dashed = [
    ...(hasAny ? [ANY_ID] : []),
    ...boxes.filter(({ state }) => state.kind === 'group').map(({ state }) => state.name),
  ]
  const lines = [
    ...boxes.filter(({ state }) => state.kind === 'choice').map(({ state }) => `state ${state.name} <<choice>>`),
    ...(hasAny ? [`state "any state" as ${ANY_ID}`] : []),
    ...boxes.filter((box) => !isLinked(box)).map(({ state }) => state.name),
    `[*] --> ${initial}`,
    ...arrows.map(({ from, to, labels }) => `${id(from)} --> ${id(to)} : ${labels.map(plain).join('<br/>')}`),
    ...boxes.filter(({ state }) => state.kind === 'final').map(({ state }) => `${state.name} --> ${END}`),
    ...boxes.flatMap(({ state, lines }) => noteOf(state.name, lines)),
    ...noteOf(ANY_ID, everywhere),
    ...(dashed.length > 0 ? ['classDef anywhere stroke-dasharray: 5 4', `class ${dashed.join(',')} anywhere`] : []),
  ]
  return `---\ntitle: ${name}\n---\nstateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function noteOf(id: string, lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? [`note right of ${id}`, ...lines.map((line) => `  ${plain(line)}`), 'end note'] : []
}

/** Characters that mean something to Mermaid. */
const plain = (text: string) => text.replaceAll(/[;#<>{}]/g, ' ')
