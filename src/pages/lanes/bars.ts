/**
 * Turns spans into shapes. All bars of one state are one shape, so that a chart with thousands of bars needs only one
 * fill per state.
 */
import { graphic } from 'echarts/core'
import { inkOn } from '../colour.ts'
import { lookOf } from '../states.ts'
import type { Piece, Row } from './rows.ts'
import { tileOf, tileScale } from './tiles.ts'

/** A span and its row. */
export interface Drawn {
  readonly row: Row
  readonly piece: Piece
}

/** A rectangle, in CSS pixels of the chart. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface BarsShape {
  boxes: readonly Box[]
}

/** Minimum widths, so that short spans stay visible. An interrupt is wider than others. */
const NARROWEST = 1
const NARROWEST_INTERRUPT = 2.5
/** Width of a letter, and the padding of a label. */
const LETTER = 7
const ROOM = 10
const FONT = '12px sans-serif'
/** Maximum number of labels per state. If there are more bars than this, only interrupts are labelled. */
const LABELS_MAX = 300

/** A shape of ECharts that consists of many rectangles. */
graphic.registerShape(
  'bars',
  graphic.extendShape({
    shape: { boxes: [] },
    buildPath: (context: Pick<CanvasRenderingContext2D, 'rect'>, { boxes }: BarsShape) => {
      for (const { x, y, width, height } of boxes) context.rect(x, y, width, height)
    },
  }),
)

/** The part of a bar that is in the chart; `undefined` when none is. */
function clip({ x, y, width, height }: Box, state: string, chartWidth: number): Box | undefined {
  const left = Math.max(0, x)
  const right = Math.min(chartWidth, x + width)
  if (right < left) return undefined
  const isLine = lookOf(state).hatch === 'baseline'
  return {
    x: left,
    width: Math.max(state === 'INTERRUPTED' ? NARROWEST_INTERRUPT : NARROWEST, right - left),
    y: isLine ? y + height / 2 - 1 : y,
    height: isLine ? 2 : height,
  }
}

function textIn(state: string, kind: Row['kind'], width: number): string {
  if (kind === 'dialogs' || width < LETTER + ROOM) return ''
  const { label, letters } = lookOf(state)
  if (letters === '') return ''
  return [label, letters].find((text) => text.length * LETTER + ROOM <= width) ?? ''
}

const widths = new Map<string, number>()
const ruler = document.createElement('canvas').getContext('2d')

function widthOf(text: string): number {
  const known = widths.get(text)
  if (known !== undefined) return known
  if (ruler) ruler.font = FONT
  const width = ruler?.measureText(text).width ?? text.length * LETTER
  widths.set(text, width)
  return width
}

/** The text of a label. On a hatched bar it has a plain background. */
function labelOf(state: string, { x, y, height }: Box, text: string) {
  const { fill, hatch } = lookOf(state)
  const ground = {
    type: 'rect' as const,
    silent: true,
    z2: 3,
    shape: { x: x + 2, y: y + 2, width: widthOf(text) + 4, height: height - 4 },
    style: { fill },
  }
  const letters = {
    type: 'text' as const,
    silent: true,
    z2: 4,
    style: { text, font: FONT, x: x + 4, y: y + height / 2, verticalAlign: 'middle' as const, fill: inkOn(fill) },
  }
  return hatch === 'none' ? [letters] : [ground, letters]
}

/** The bars of a state, and the labels of those that are wide enough. */
function shapesOf(state: string, bars: readonly (readonly [Drawn, Box])[], isCrowded: boolean) {
  const labels = bars.flatMap(([{ row }, box]) => {
    const text = isCrowded && state !== 'INTERRUPTED' ? '' : textIn(state, row.kind, box.width)
    return text === '' ? [] : [labelOf(state, box, text)]
  })
  const fill = { image: tileOf(state), repeat: 'repeat' as const, scaleX: tileScale(), scaleY: tileScale() }
  return {
    type: 'group' as const,
    children: [
      {
        type: 'bars' as const,
        silent: true,
        z2: state === 'INTERRUPTED' ? 2 : 1,
        shape: { boxes: bars.map(([, box]) => box) },
        style: { fill: lookOf(state).hatch === 'none' ? lookOf(state).fill : fill },
      },
      ...labels.slice(0, LABELS_MAX).flat(),
    ],
  }
}

/** What ECharts passes: the index of the item, and the conversion of axis values into pixels. */
type RenderItem = (
  params: { readonly dataIndex: number },
  api: { coord(point: readonly number[]): number[] },
) => unknown

/** Converts a span into its box. */
export type BoxOf = (each: Drawn, x: (time: number) => number) => Box

/** Item `n` of the chart is the state `states[n]`. `boxOf` returns the box of a span without clipping. */
export function renderer(
  states: readonly string[],
  drawn: readonly Drawn[],
  { end, width }: { readonly end: number; readonly width: number },
  boxOf: BoxOf,
): RenderItem {
  const ofState = Map.groupBy(drawn, ({ piece }) => piece.state)
  return ({ dataIndex }, api) => {
    const state = states[dataIndex]
    if (state === undefined) return null
    const [zero = 0] = api.coord([0, 0])
    const [last = 0] = api.coord([end, 0])
    const x = (time: number) => zero + ((last - zero) * time) / end
    const bars = (ofState.get(state) ?? []).flatMap((each) => {
      const box = clip(boxOf(each, x), state, width)
      return box ? [[each, box] as const] : []
    })
    return shapesOf(state, bars, drawn.length > LABELS_MAX)
  }
}
