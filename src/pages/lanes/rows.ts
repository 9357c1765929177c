/**
 * Computes the rows of the lanes: for each agent a row per track, and below the row of an MRD its dialogs. Pure
 * functions.
 */
import type { Handling, LaneAgent, LaneResult, Span } from './spans.ts'

/** Heights in CSS pixels. */
const TRACK = 20
const DIALOGS = 14
/** Gap above an agent. */
const GAP = 4

/** A span that is drawn in a row. */
export interface Piece extends Span {
  /** The dialog; `undefined` in a track of the agent. */
  readonly handling: Handling | undefined
}

export interface Row {
  readonly agent: LaneAgent
  /** `voice`, or the id of an MRD. */
  readonly subject: string
  /** Name of the track. */
  readonly name: string
  readonly kind: 'track' | 'dialogs'
  /** Whether it is the first row of its agent. */
  readonly isFirst: boolean
  readonly top: number
  readonly height: number
  /** In order of time, without overlaps. */
  readonly pieces: readonly Piece[]
}

const pieceOf = (span: Span, handling: Handling | undefined): Piece => ({ ...span, handling })
const startOf = ({ spans }: Handling) => spans[0]?.from ?? 0
const endOf = ({ spans }: Handling) => spans.at(-1)?.to ?? 0

/** Distributes parallel dialogs over several lines: each dialog goes into the first free line. */
export function pack(handlings: readonly Handling[]): readonly (readonly Handling[])[] {
  const lines: Handling[][] = []
  const inOrder = handlings.filter(({ spans }) => spans.length > 0).sort((a, b) => startOf(a) - startOf(b))
  for (const handling of inOrder) {
    const free = lines.find((line) => {
      const last = line.at(-1)
      return last !== undefined && endOf(last) <= startOf(handling)
    })
    if (free) free.push(handling)
    else lines.push([handling])
  }
  return lines
}

/** Whether the name, id or team of an agent contains the search text. Case is ignored. */
export function isFound(agent: LaneAgent, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return [agent.name, agent.user, agent.team].some((text) => text.toLowerCase().includes(wanted))
}

type Content = Pick<Row, 'kind' | 'subject' | 'name' | 'pieces'>

function contentOf(agent: LaneAgent): readonly Content[] {
  const handlings = agent.handlings ?? []
  return (agent.tracks ?? []).flatMap(({ subject, name, spans }) => [
    { kind: 'track' as const, subject, name, pieces: spans.map((span) => pieceOf(span, undefined)) },
    ...pack(handlings.filter(({ mrd }) => mrd === subject)).map((line) => ({
      kind: 'dialogs' as const,
      subject,
      name,
      pieces: line.flatMap((handling) => handling.spans.map((span) => pieceOf(span, handling))),
    })),
  ])
}

/** The rows of the agents that have lanes and match the search. */
export function rowsOf({ agents }: LaneResult, search: string): readonly Row[] {
  let top = 0
  return agents
    .filter((agent) => agent.tracks !== undefined && isFound(agent, search))
    .flatMap((agent) =>
      contentOf(agent).map((content, index) => {
        const isFirst = index === 0
        const height = (content.kind === 'track' ? TRACK : DIALOGS) + (isFirst ? GAP : 0)
        const row = { ...content, agent, isFirst, top, height }
        top += height
        return row
      }),
    )
}

export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1)
  return last ? last.top + last.height : 0
}

/** States in the order of their first appearance. */
export function statesIn(results: readonly LaneResult[]): readonly string[] {
  const states = new Set<string>()
  for (const { agents } of results) {
    for (const { tracks = [], handlings = [] } of agents) {
      for (const { spans } of [...tracks, ...handlings]) for (const { state } of spans) states.add(state)
    }
  }
  return [...states]
}
