/** A drawing as SVG: one file that needs nothing else, readable on light and on dark pages, and read aloud by title. */
import type { Drawing } from './arrows.ts'
import { layoutOf, METRICS, type Place, type PlacedArrow, type PlacedBox, type Point } from './layout.ts'
import { ANY } from './model.ts'

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

/** The picture as text. Lines that meet get round corners; what a label says is text, to be found and copied. */
export async function svgOf(drawing: Drawing): Promise<string> {
  const layout = await layoutOf(drawing)
  const { width, height, boxes, anyState, start, arrows } = layout
  const title = `${drawing.name} machine`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(descriptionOf(drawing))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 10 5 0 10z"/></marker></defs>',
    ...arrows.map(({ points }) => line(points)),
    dot(start.dot),
    line(start.points),
    ...boxes.map(stateBox),
    ...(anyState ? [anyBox(anyState, drawing.everywhere)] : []),
    ...arrows.map(label),
    '</svg>',
  ].join('\n')}\n`
}

/** What somebody who does not see the picture is told. */
function descriptionOf({ initial, boxes, arrows, everywhere }: Drawing): string {
  const named = (state: string) => (state === ANY ? 'any state' : state)
  return [
    `States: ${boxes.map(({ state }) => state.name).join(', ')}. It begins in ${initial}.`,
    ...arrows.map(({ from, to, labels }) => `From ${named(from)} to ${to}: ${labels.join('; ')}.`),
    ...everywhere.map((line) => `In any state: ${line}.`),
  ].join(' ')
}

function dot({ x, y, width }: Place): string {
  const radius = width / 2
  return `<circle class="dot" cx="${x + radius}" cy="${y + radius}" r="${radius - 1}"/>`
}

/** How round a corner is, in pixels. */
const ROUND = 7

function line(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  const path = rest.map((point, index) => {
    const next = rest[index + 1]
    return next ? corner(rest[index - 1] ?? first, point, next) : `L${point.x} ${point.y}`
  })
  return `<path class="line" marker-end="url(#tip)" d="M${first.x} ${first.y}${path.join('')}"/>`
}

function corner(before: Point, at: Point, after: Point): string {
  const begin = towards(at, before)
  const end = towards(at, after)
  return `L${begin.x} ${begin.y}Q${at.x} ${at.y} ${end.x} ${end.y}`
}

/** The point on the way from `at` to `to` where the corner begins. */
function towards(at: Point, to: Point): Point {
  const length = Math.hypot(to.x - at.x, to.y - at.y)
  const share = length === 0 ? 0 : Math.min(ROUND, length / 2) / length
  const between = (a: number, b: number) => Math.round((a + (b - a) * share) * 10) / 10
  return { x: between(at.x, to.x), y: between(at.y, to.y) }
}

function stateBox({ box: { state, lines }, x, y, width, height }: PlacedBox): string {
  const middle = x + width / 2
  if (state.kind === 'choice') {
    const level = y + height / 2
    return `<g><path class="choice" d="M${middle} ${y} ${x + width} ${level} ${middle} ${y + height} ${x} ${level}z"/>${name(state.name, middle, level + 4)}</g>`
  }
  const inner =
    state.kind === 'final'
      ? `<rect class="inner" x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="6"/>`
      : ''
  return `<g><rect class="${state.kind === 'group' ? 'any' : 'state'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${inner}${name(state.name, middle, y + METRICS.line + 2)}${inside({ x, y, width, height }, lines)}</g>`
}

function anyBox({ x, y, width, height }: Place, lines: readonly string[]): string {
  return `<g><rect class="any" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${name('any state', x + width / 2, y + METRICS.line + 2)}${inside({ x, y, width, height }, lines)}</g>`
}

const name = (text: string, x: number, y: number) => `<text class="name" x="${x}" y="${y}">${escaped(text)}</text>`

function inside({ x, y, width }: Place, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const rule = y + METRICS.line + 10
  return `<path class="rule" d="M${x} ${rule}h${width}"/>${lines
    .map(
      (text, index) =>
        `<text x="${x + METRICS.padding}" y="${rule + (index + 1) * METRICS.line - 3}">${escaped(text)}</text>`,
    )
    .join('')}`
}

const label = ({ arrow, label: { x, y } }: PlacedArrow): string =>
  `<text class="label">${arrow.labels
    .map((text, index) => `<tspan x="${x}" y="${y + (index + 1) * METRICS.line - 4}">${escaped(text)}</tspan>`)
    .join('')}</text>`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
