/** Where everything of a drawing goes, by ELK's layered layout. Nothing of Node. */
import elk, { type ElkNode } from 'elkjs/lib/elk.bundled.js'
import type { Arrow, Box, Drawing } from './arrows.ts'
import { ANY } from './model.ts'

/** In CSS pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle, by its upper left corner. In CSS pixels. */
export interface Place extends Point {
  readonly width: number
  readonly height: number
}

export interface PlacedBox extends Place {
  readonly box: Box
}

export interface PlacedArrow {
  readonly arrow: Arrow
  /** The line, from corner to corner; it ends at the target. */
  readonly points: readonly Point[]
  readonly label: Place
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly PlacedBox[]
  /** The box of what holds in every state, where there is such. */
  readonly anyState: Place | null
  /** The dot that the initial arrow comes from, and that arrow. */
  readonly start: { readonly dot: Place; readonly points: readonly Point[] }
  readonly arrows: readonly PlacedArrow[]
}

/** Sizes of letters: the drawing is set in a monospaced face, so that widths are known without a screen. */
export const METRICS = { letter: 7.3, line: 16, padding: 12, dot: 14 } as const

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '22',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '44',
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'PREFER_EDGES',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
}

const START = 'start'
const START_ARROW = 'start arrow'

/** The same for the same drawing, on every machine. */
export async function layoutOf(drawing: Drawing): Promise<Layout> {
  const { boxes, arrows, everywhere, initial } = drawing
  const hasAny = everywhere.length > 0 || arrows.some(({ from }) => from === ANY)
  const edge = (id: string, from: string, to: string) => ({ id, sources: [from], targets: [to] })
  const graph: ElkNode = {
    id: 'drawing',
    layoutOptions: OPTIONS,
    children: [
      { id: START, width: METRICS.dot, height: METRICS.dot },
      ...(hasAny ? [{ id: ANY, ...sizeOf(['any state', ...everywhere]) }] : []),
      ...boxes.map(({ state, lines }) => ({ id: `=${state.name}`, ...sizeOf([state.name, ...lines], state.kind) })),
    ],
    edges: [
      edge(START_ARROW, START, `=${initial}`),
      ...arrows.map(({ from, to, labels }, index) => ({
        ...edge(`${index}`, from === ANY ? ANY : `=${from}`, `=${to}`),
        labels: [{ text: labels.join(), ...textSize(labels) }],
      })),
    ],
  }
  const placed = await new elk.default().layout(graph)
  const nodes = new Map(placed.children?.map((node) => [node.id, placeOf(node)]))
  const lines = new Map(placed.edges?.map((line) => [line.id, line]))
  return {
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    boxes: boxes.map((box) => ({ box, ...(nodes.get(`=${box.state.name}`) ?? placeOf({})) })),
    anyState: nodes.get(ANY) ?? null,
    start: { dot: nodes.get(START) ?? placeOf({}), points: pointsOf(lines.get(START_ARROW)) },
    arrows: arrows.map((arrow, index) => {
      const line = lines.get(`${index}`)
      const rhombus = (state: string) =>
        boxes.some((box) => box.state.name === state && box.state.kind === 'choice')
          ? nodes.get(`=${state}`)
          : undefined
      const points = onRhombus(pointsOf(line), rhombus(arrow.from), rhombus(arrow.to))
      return { arrow, points, label: placeOf(line?.labels?.[0] ?? {}) }
    }),
  }
}

const textSize = (lines: readonly string[]) => ({
  width: Math.ceil(Math.max(0, ...lines.map(({ length }) => length)) * METRICS.letter),
  height: lines.length * METRICS.line,
})

/** A rhombus has room for half its width only. */
function sizeOf(lines: readonly string[], kind = 'rest') {
  const { width, height } = textSize(lines)
  if (kind === 'choice') return { width: Math.round(width * 1.6) + 2 * METRICS.padding, height: height + 34 }
  return { width: width + 2 * METRICS.padding, height: height + METRICS.padding + (lines.length > 1 ? 8 : 0) }
}

const placeOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Place>): Place => ({
  x: tenths(x),
  y: tenths(y),
  width: tenths(width),
  height: tenths(height),
})

interface Line {
  readonly sections?: readonly {
    readonly startPoint: Point
    readonly endPoint: Point
    readonly bendPoints?: readonly Point[]
  }[]
}

const pointsOf = (line: Line | undefined): readonly Point[] =>
  (line?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: tenths(x), y: tenths(y) })),
  )

/** ELK leads lines to the rectangle round a rhombus; here they go on until they touch it. */
function onRhombus(points: readonly Point[], from: Place | undefined, to: Place | undefined): readonly Point[] {
  const [first] = points
  const last = points.at(-1)
  return [...(from && first ? [touching(first, from)] : []), ...points, ...(to && last ? [touching(last, to)] : [])]
}

function touching({ x, y }: Point, { x: left, y: top, width, height }: Place): Point {
  const [middleX, middleY] = [left + width / 2, top + height / 2]
  const reach = (height / 2) * (1 - Math.abs(x - middleX) / (width / 2))
  return { x, y: tenths(y < middleY ? middleY - reach : middleY + reach) }
}

const tenths = (value: number) => Math.round(value * 10) / 10
