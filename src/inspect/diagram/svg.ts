/** A drawing as SVG: a single file, readable on light and dark pages, with a description for screen readers. */
import elk from '../../bundled/elkjs.ts'
import { escaped } from './escaped.ts'
import { type Graph, nodeLabel } from './graph.ts'
import {
  type Box,
  layOut,
  type PlacedEdge,
  type PlacedNode,
  type Point,
  pathOf,
  type Setting,
  type Size,
} from './layout.ts'

/** Sizes in pixels. The font is monospaced, so that the width of a text is known without a screen. */
const METRICS = { letter: 7.3, line: 16, padding: 12, dot: 14 } as const
/** Radius of corners. */
const ROUND = 7

const textSize = (lines: readonly string[]): Size => ({
  width: Math.ceil(Math.max(0, ...lines.map(({ length }) => length)) * METRICS.letter),
  height: lines.length * METRICS.line,
})

const SETTING: Setting = {
  options: {
    'elk.spacing.nodeNode': '36',
    'elk.spacing.edgeNode': '22',
    'elk.spacing.edgeEdge': '14',
    'elk.spacing.edgeLabel': '4',
    'elk.layered.spacing.nodeNodeBetweenLayers': '44',
    'elk.layered.spacing.edgeNodeBetweenLayers': '20',
    'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    'elk.layered.considerModelOrder.strategy': 'PREFER_EDGES',
    'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  },
  sizeOf: ({ key, kind, lines }) => {
    if (kind === 'start') return { width: METRICS.dot, height: METRICS.dot }
    const { width, height } = textSize([nodeLabel(key), ...lines])
    // A rhombus has room for text in only half of its width.
    if (kind === 'choice') return { width: Math.round(width * 1.6) + 2 * METRICS.padding, height: height + 34 }
    return { width: width + 2 * METRICS.padding, height: height + METRICS.padding + (lines.length > 0 ? 8 : 0) }
  },
  labelSizeOf: textSize,
}

const STYLE = `
svg { color-scheme: light dark; background: #ffffff; }
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1b1f24; }
.name { font-weight: 700; text-anchor: middle; }
.state, .any, .choice { fill: #eef3fb; stroke: #1457a8; stroke-width: 1.5; }
.choice { fill: #fdf3dc; stroke: #8a5a00; }
.any { fill: none; stroke: #565e68; stroke-dasharray: 5 4; }
.rule { stroke: #1457a8; stroke-width: 1; }
.inner { fill: none; stroke: #1457a8; stroke-width: 1; }
.line { fill: none; stroke: #565e68; stroke-width: 1.3; }
.tip, .dot { fill: #565e68; }
.label { fill: #1b1f24; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  svg { background: #14171c; }
  text, .label { fill: #e8eaed; }
  .label { stroke: #14171c; }
  .state, .any, .choice { fill: #1e2a3c; stroke: #86b7f5; }
  .choice { fill: #3a2f14; stroke: #e7b95c; }
  .any { fill: none; stroke: #a9b1bb; }
  .rule, .inner { stroke: #86b7f5; }
  .line { stroke: #a9b1bb; }
  .tip, .dot { fill: #a9b1bb; }
}
`

/** The picture as SVG text. Labels are text elements, so that they can be searched and copied. */
export async function svgOf(drawing: Graph): Promise<string> {
  const { width, height, nodes, edges } = await layOut(new elk.default(), drawing, SETTING)
  const rhombuses = new Map(nodes.flatMap(({ node, box }) => (node.kind === 'choice' ? [[node.key, box]] : [])))
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(`${drawing.name} machine`)}</title>`,
    `<desc id="description">${escaped(descriptionOf(drawing))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 10 5 0 10z"/></marker></defs>',
    ...edges.map(({ edge: { from, to }, points }) => line(onRhombus(points, rhombuses.get(from), rhombuses.get(to)))),
    ...nodes.map(shape),
    ...edges.flatMap(label),
    '</svg>',
  ].join('\n')}\n`
}

/** The description for people who cannot see the picture. */
function descriptionOf({ nodes, edges }: Graph): string {
  const states = nodes.filter(({ kind }) => kind !== 'start' && kind !== 'any').map(({ key }) => key)
  const [begins, ...arrows] = edges
  return [
    `States: ${states.join(', ')}. It begins in ${begins?.to}.`,
    ...arrows.map(({ from, to, lines }) => `From ${nodeLabel(from)} to ${to}: ${lines.join('; ')}.`),
    ...nodes.filter(({ kind }) => kind === 'any').flatMap(({ lines }) => lines.map((each) => `In any state: ${each}.`)),
  ].join(' ')
}

const line = (points: readonly Point[]) => `<path class="line" marker-end="url(#tip)" d="${pathOf(points, ROUND)}"/>`

/** ELK ends lines at the rectangle around a rhombus. This extends them to the rhombus itself. */
function onRhombus(points: readonly Point[], from: Box | undefined, to: Box | undefined): readonly Point[] {
  const [first] = points
  const last = points.at(-1)
  return [...(from && first ? [touching(first, from)] : []), ...points, ...(to && last ? [touching(last, to)] : [])]
}

function touching({ x, y }: Point, { x: left, y: top, width, height }: Box): Point {
  const [middleX, middleY] = [left + width / 2, top + height / 2]
  const reach = (height / 2) * (1 - Math.abs(x - middleX) / (width / 2))
  return { x, y: Math.round((y < middleY ? middleY - reach : middleY + reach) * 10) / 10 }
}

function shape({ node: { key, kind, lines }, box }: PlacedNode): string {
  const { x, y, width, height } = box
  const middle = x + width / 2
  if (kind === 'start') return `<circle class="dot" cx="${middle}" cy="${y + height / 2}" r="${width / 2 - 1}"/>`
  if (kind === 'choice') {
    const level = y + height / 2
    return `<g><path class="choice" d="M${middle} ${y} ${x + width} ${level} ${middle} ${y + height} ${x} ${level}z"/>${name(key, middle, level + 4)}</g>`
  }
  const inner =
    kind === 'final'
      ? `<rect class="inner" x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="6"/>`
      : ''
  const look = kind === 'group' || kind === 'any' ? 'any' : 'state'
  return `<g><rect class="${look}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${inner}${name(nodeLabel(key), middle, y + METRICS.line + 2)}${inside(box, lines)}</g>`
}

const name = (text: string, x: number, y: number) => `<text class="name" x="${x}" y="${y}">${escaped(text)}</text>`

function inside({ x, y, width }: Box, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const rule = y + METRICS.line + 10
  return `<path class="rule" d="M${x} ${rule}h${width}"/>${lines
    .map(
      (text, index) =>
        `<text x="${x + METRICS.padding}" y="${rule + (index + 1) * METRICS.line - 3}">${escaped(text)}</text>`,
    )
    .join('')}`
}

function label({ edge: { lines }, box }: PlacedEdge): readonly string[] {
  if (!box) return []
  const spans = lines.map(
    (text, index) => `<tspan x="${box.x}" y="${box.y + (index + 1) * METRICS.line - 4}">${escaped(text)}</tspan>`,
  )
  return [`<text class="label">${spans.join('')}</text>`]
}
