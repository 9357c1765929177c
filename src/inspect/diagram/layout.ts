/** The layout of a graph, by ELK's layered algorithm. It uses nothing of Node, because pages use it too. */
import type { ELK, ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js'
import { edgeId, type Graph, type GraphEdge, type GraphNode } from './graph.ts'

/** CSS pixels, as everywhere here. */
export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle, by its upper left corner. */
export interface Box extends Point, Size {}

export interface PlacedNode {
  readonly node: GraphNode
  readonly box: Box
}

export interface PlacedEdge {
  readonly edge: GraphEdge
  /** The corners of the line; the last point is at the target. */
  readonly points: readonly Point[]
  /** The box of its text; `undefined` if there is no text. */
  readonly box: Box | undefined
}

export interface Layout extends Size {
  readonly name: string
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** The settings of a picture. */
export interface Setting {
  readonly options: LayoutOptions
  /** The size of a node. */
  readonly sizeOf: (node: GraphNode) => Size
  /** The size of the text at an arrow. */
  readonly labelSizeOf: (lines: readonly string[]) => Size
  readonly labelOptions?: LayoutOptions
}

/** Options of all pictures. */
const COMMON: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
}

/**
 * Computes the layout. The result is the same for the same graph and settings, on every computer.
 *
 * @throws the error of ELK for a graph that it cannot lay out.
 */
export async function layOut(elk: Pick<ELK, 'layout'>, graph: Graph, setting: Setting): Promise<Layout> {
  const { sizeOf, labelSizeOf, labelOptions = {} } = setting
  const labelled = (lines: readonly string[]) =>
    lines.length > 0 ? { labels: [{ text: lines.join(), ...labelSizeOf(lines), layoutOptions: labelOptions }] } : {}
  const placed: ElkNode = await elk.layout({
    id: graph.name,
    layoutOptions: { ...COMMON, ...setting.options },
    children: graph.nodes.map((node) => ({ id: node.key, ...sizeOf(node) })),
    edges: graph.edges.map(({ from, to, lines }) => ({
      ...{ id: edgeId(from, to), sources: [from], targets: [to] },
      ...labelled(lines),
    })),
  })
  const boxes = new Map(placed.children?.map((each) => [each.id, boxOf(each)]))
  const edges = new Map(placed.edges?.map((each) => [each.id, each]))
  return {
    name: graph.name,
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    nodes: graph.nodes.map((node) => ({ node, box: boxes.get(node.key) ?? boxOf({}) })),
    edges: graph.edges.map((edge) => {
      const found = edges.get(edgeId(edge.from, edge.to))
      const [label] = found?.labels ?? []
      return { edge, points: pointsOf(found), box: label && boxOf(label) }
    }),
  }
}

const tenths = (value: number) => Math.round(value * 10) / 10

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({
  x: tenths(x),
  y: tenths(y),
  width: tenths(width),
  height: tenths(height),
})

const pointsOf = (edge: ElkExtendedEdge | undefined): readonly Point[] =>
  (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: tenths(x), y: tenths(y) })),
  )

/** An orthogonal line as an SVG path with rounded corners of this radius. */
export function pathOf(points: readonly Point[], radius: number): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  const parts = rest.map((corner, index) => {
    const [before, next] = [points[index], rest[index + 1]]
    if (before === undefined || next === undefined) return `L${corner.x} ${corner.y}`
    const [from, to] = [towards(corner, before, radius), towards(corner, next, radius)]
    return `L${from.x} ${from.y}Q${corner.x} ${corner.y} ${to.x} ${to.y}`
  })
  return `M${first.x} ${first.y}${parts.join('')}`
}

/** The point at this distance from a corner on the way to another point, at most half of the way. */
function towards(corner: Point, other: Point, radius: number): Point {
  const [dx, dy] = [other.x - corner.x, other.y - corner.y]
  const length = Math.hypot(dx, dy)
  const share = length === 0 ? 0 : Math.min(radius, length / 2) / length
  return { x: tenths(corner.x + dx * share), y: tenths(corner.y + dy * share) }
}
