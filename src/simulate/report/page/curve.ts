/** The staffing curve of a sweep: a small picture and a table for each figure. */
import { element } from '../../../pages/browser/dom.ts'
import { count, percent, round } from '../../../pages/lanes/format.ts'
import type { ShownComparison, ShownCurve, ShownPoint } from '../../result.ts'
import { naturalTicks } from './natural-ticks.ts'
import { shape } from './shape.ts'

/** In CSS pixels. */
const WIDTH = 420
const HEIGHT = 220
const LEFT = 64
const RIGHT = 14
const TOP = 14
const BOTTOM = 40
/** Height of a letter, to place texts. */
const LETTER = 12

type Curve = NonNullable<ShownComparison['curve']>

const SHOW: Readonly<Record<ShownCurve['unit'], (value: number) => string>> = {
  count,
  duration: round,
  share: percent,
}

/** Figures that depend on the value; the others on demand. */
export function curves({ path, figures }: Curve): HTMLElement {
  const [main, others] = [true, false].map((wanted) => figures.filter(({ isMain }) => isMain === wanted))
  return element(
    'section',
    { id: 'curve' },
    element('h2', {}, `By ${path}`),
    main && main.length > 0 ? figuresOf(main, path) : element('p', {}, `No headline depends on ${path}.`),
    others && others.length > 0
      ? element(
          'details',
          {},
          element('summary', {}, `${others.length} other figures by ${path}`),
          figuresOf(others, path),
        )
      : undefined,
  )
}

const figuresOf = (figures: readonly ShownCurve[], path: string): HTMLElement =>
  element('div', { class: 'curves' }, ...figures.map((figure) => figureOf(figure, path)))

function figureOf(figure: ShownCurve, path: string): HTMLElement {
  const picture = element('div', { class: 'wide' })
  picture.append(pictureOf(figure, path))
  const title = figure.target ? `${figure.label} (target: ${figure.target.text})` : figure.label
  return element('figure', {}, element('figcaption', {}, title), picture, tableOf(figure, path))
}

function tableOf({ lines, target }: ShownCurve, path: string): HTMLElement {
  const heads = [path, 'mean (95 % interval)', ...(target ? ['target'] : [])]
  const rows = lines.flatMap(({ name, points }) =>
    points.map(({ value, text, verdict }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, name === '' ? String(value) : `${name}, ${value}`),
        element('td', { class: 'number' }, text),
        target ? element('td', { class: verdict === 'met' ? 'good' : '' }, verdict ?? '') : undefined,
      ),
    ),
  )
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows),
  )
}

/** Where values and figures lie in the picture. */
interface Scale {
  x(value: ShownPoint['value']): number
  y(figure: number): number
  readonly ticks: readonly number[]
  readonly values: readonly ShownPoint['value'][]
}

function scaleOf({ lines, unit, target }: ShownCurve): Scale {
  const points = lines.flatMap((line) => line.points)
  const values = [...new Set(points.map(({ value }) => value))]
  const most = Math.max(...points.map(({ high }) => high), target?.value ?? 0)
  const ticks = naturalTicks(unit === 'share' ? Math.min(1, most) : most, unit)
  const top = ticks.at(-1) || 1
  const x = placeOf(values)
  const y = (figure: number) => HEIGHT - BOTTOM - (clamped(figure, top) / top) * (HEIGHT - TOP - BOTTOM)
  return { x, y, ticks, values }
}

const clamped = (value: number, most: number): number => Math.min(most, Math.max(0, value))

/** Numbers lie where they belong; names lie in their order. */
function placeOf(values: readonly ShownPoint['value'][]): Scale['x'] {
  const numbers = values.filter((value) => typeof value === 'number')
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const isNumeric = numbers.length === values.length && most > least
  const share = (value: ShownPoint['value']) =>
    isNumeric ? (Number(value) - least) / (most - least) : values.indexOf(value) / Math.max(1, values.length - 1)
  const inset = 18
  return (value) => LEFT + inset + share(value) * (WIDTH - LEFT - RIGHT - 2 * inset)
}

function pictureOf(figure: ShownCurve, path: string): SVGElement {
  const { label, unit, lines, target } = figure
  const scale = scaleOf(figure)
  const points = lines.flatMap(({ name, points: own }) =>
    own.map(({ value, text }) => `${name === '' ? '' : `${name}, `}${value}: ${text}`),
  )
  const name = `${label}, by ${path}. ${points.join('; ')}`
  const box = shape('svg', { class: 'curve', width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': name })
  box.append(...axes(scale, unit, path))
  if (target) {
    const y = scale.y(target.value)
    box.append(shape('line', { class: 'target', x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }))
    box.append(shape('text', { class: 'soft', x: LEFT + 4, y: y - 4 }, 'target'))
  }
  for (const [index, line] of lines.entries()) box.append(lineOf(line, index, scale, lines.length > 1))
  return box
}

function axes({ ticks, values, x, y }: Scale, unit: ShownCurve['unit'], path: string): readonly SVGElement[] {
  const bottom = HEIGHT - BOTTOM
  return [
    ...ticks.flatMap((tick) => [
      shape('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }),
      shape('text', { x: LEFT - 6, y: y(tick) + LETTER / 3, 'text-anchor': 'end' }, SHOW[unit](tick)),
    ]),
    ...thinned(values).map((value) =>
      shape('text', { x: x(value), y: bottom + LETTER + 4, 'text-anchor': 'middle' }, String(value)),
    ),
    shape('text', { class: 'soft', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, path),
  ]
}

/** Most values that have room for their texts. */
const LABELS = 9

function thinned<Value>(values: readonly Value[]): readonly Value[] {
  const every = Math.ceil(values.length / LABELS)
  return values.filter((_, index) => index % every === 0)
}

/** A line through the means, a stroke for each interval, and the name of the variant at the end. */
function lineOf(
  { name, points }: ShownCurve['lines'][number],
  index: number,
  { x, y }: Scale,
  isNamed: boolean,
): SVGElement {
  const group = shape('g', { class: `line line-${index % 4}` })
  const path = points.map(({ value, mean }) => `${x(value)},${y(mean)}`).join(' ')
  group.append(shape('polyline', { points: path }))
  for (const { value, mean, low, high, text } of points) {
    const mark = shape('g', {})
    mark.append(
      shape('title', {}, `${value}: ${text}`),
      shape('line', { x1: x(value), x2: x(value), y1: y(low), y2: y(high) }),
      shape('circle', { cx: x(value), cy: y(mean), r: 4 }),
    )
    group.append(mark)
  }
  const last = points.at(-1)
  if (isNamed && last)
    group.append(shape('text', { x: x(last.value) - 6, y: y(last.mean) - 8, 'text-anchor': 'end' }, name))
  return group
}
