/** Where the boxes and arrows of a chart are. ELK places them. */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import { ANY } from '../../../diagram/model.ts'
import { type ChartEdge, type ChartGraph, type ChartNode, edgeId } from './graph.ts'
import { edgeLabel } from './label.ts'

/** In detail, with a label at every arrow; or as small as can be, without. */
export type Detail = 'full' | 'small'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedEdge {
  readonly edge: ChartEdge
  readonly points: readonly Point[]
  /** Lines of the label, and where they stand. */
  readonly lines: readonly string[]
  readonly box: Box | undefined
}

export interface PlacedNode {
  readonly node: ChartNode
  readonly box: Box
}

export interface ChartLayout {
  readonly machine: string
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** Width of a text in CSS pixels, in the font of the kind. */
export type Measure = (text: string, kind: 'state' | 'label') => number

export const LABEL_LINE = 14
const START_SIZE = 10

const COMMON = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'GREEDY_MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.padding': '[top=8,left=8,bottom=8,right=8]',
}

const OPTIONS: Readonly<Record<Detail, ElkNode['layoutOptions']>> = {
  full: {
    ...COMMON,
    'elk.layered.spacing.nodeNodeBetweenLayers': '18',
    'elk.layered.spacing.edgeNodeBetweenLayers': '12',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
    'elk.spacing.nodeNode': '20',
    'elk.spacing.edgeNode': '12',
    'elk.spacing.edgeEdge': '9',
    'elk.spacing.edgeLabel': '3',
  },
  small: {
    ...COMMON,
    'elk.layered.spacing.nodeNodeBetweenLayers': '20',
    'elk.layered.spacing.edgeNodeBetweenLayers': '7',
    'elk.layered.spacing.edgeEdgeBetweenLayers': '6',
    'elk.spacing.nodeNode': '9',
    'elk.spacing.edgeNode': '7',
    'elk.spacing.edgeEdge': '6',
  },
}

export const nodeLabel = (key: string) => (key === ANY ? 'any state' : key)

function elkNode({ key, kind }: ChartNode, detail: Detail, measure: Measure): ElkNode {
  if (kind === 'start') return { id: key, width: START_SIZE, height: START_SIZE }
  const [beside, height] = detail === 'full' ? [28, 30] : [14, 26]
  return { id: key, width: Math.ceil(measure(nodeLabel(key), 'state')) + beside, height }
}

function elkEdge({ from, to, rows }: ChartEdge, lines: readonly string[], measure: Measure): ElkExtendedEdge {
  const width = Math.ceil(Math.max(0, ...lines.map((line) => measure(line, 'label')))) + 8
  const label = {
    text: String(rows.length),
    width,
    height: lines.length * LABEL_LINE + 2,
    layoutOptions: { 'elk.edgeLabels.inline': 'true' },
  }
  const bare = { id: edgeId(from, to), sources: [from], targets: [to] }
  return lines.length === 0 ? bare : { ...bare, labels: [label] }
}

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({ x, y, width, height })

function pointsOf(edge: ElkExtendedEdge | undefined): readonly Point[] {
  return (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ])
}

/** @throws what ELK throws for a graph that it cannot place. */
export async function layOut(elk: ELK, graph: ChartGraph, detail: Detail, measure: Measure): Promise<ChartLayout> {
  const linesOf = ({ rows }: ChartEdge) => (detail === 'full' ? edgeLabel(rows) : [])
  const asked: ElkNode = {
    id: graph.machine,
    layoutOptions: OPTIONS[detail] ?? {},
    children: graph.nodes.map((node) => elkNode(node, detail, measure)),
    edges: graph.edges.map((edge) => elkEdge(edge, linesOf(edge), measure)),
  }
  const placed: ElkNode = await elk.layout(asked)
  const boxes = new Map(placed.children?.map((each) => [each.id, boxOf(each)]))
  const edges = new Map(placed.edges?.map((each) => [each.id, each]))
  return {
    machine: graph.machine,
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    nodes: graph.nodes.flatMap((node) => {
      const box = boxes.get(node.key)
      return box === undefined ? [] : [{ node, box }]
    }),
    edges: graph.edges.map((edge) => {
      const found = edges.get(edgeId(edge.from, edge.to))
      const [label] = found?.labels ?? []
      return { edge, points: pointsOf(found), lines: linesOf(edge), box: label && boxOf(label) }
    }),
  }
}
