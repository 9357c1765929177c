/** Paints the pattern of a state: a tile that is repeated over the bar, and swatches for the legend. */

import { element } from '../browser/dom.ts'
import { inkOn } from '../colour.ts'
import { type Hatch, lookOf } from '../states.ts'

/** Length of the side of a tile, in CSS pixels. */
const SIDE = 8

const tiles = new Map<string, HTMLCanvasElement>()

function line(
  context: CanvasRenderingContext2D,
  width: number,
  ...points: readonly (readonly [number, number])[]
): void {
  context.lineWidth = width
  context.beginPath()
  for (const [index, [x, y]] of points.entries()) {
    if (index % 2 === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  }
  context.stroke()
}

/** Diagonals of a tile. They are drawn beyond the corners, so that the tiles join without a gap. */
const diagonals: readonly (readonly [number, number])[] = [
  [-2, 2],
  [2, -2],
  [-2, SIDE + 2],
  [SIDE + 2, -2],
  [SIDE - 2, SIDE + 2],
  [SIDE + 2, SIDE - 2],
]

const HATCHES: Readonly<Record<Hatch, (context: CanvasRenderingContext2D) => void>> = {
  none: () => undefined,
  baseline: () => undefined,
  dots: (context) => {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const) {
      context.beginPath()
      context.arc(x, y, 1.2, 0, 2 * Math.PI)
      context.fill()
    }
  },
  horizontal: (context) => line(context, 1, [0, 2], [SIDE, 2], [0, 6], [SIDE, 6]),
  vertical: (context) => line(context, 1, [2, 0], [2, SIDE], [6, 0], [6, SIDE]),
  'thin-diagonal': (context) => line(context, 0.8, ...diagonals),
  stripes: (context) => line(context, 2.6, ...diagonals),
  cross: (context) => line(context, 0.8, [0, 4], [SIDE, 4], [4, 0], [4, SIDE]),
}

/** The tile of a state. It is scaled by the pixel density of the screen; `tileScale` reverses that. */
export function tileOf(state: string): HTMLCanvasElement {
  const known = tiles.get(state)
  if (known) return known
  const { fill, hatch } = lookOf(state)
  const tile = element('canvas', { width: SIDE / tileScale(), height: SIDE / tileScale() })
  const context = tile.getContext('2d')
  if (context) {
    context.scale(1 / tileScale(), 1 / tileScale())
    context.fillStyle = fill
    context.fillRect(0, 0, SIDE, SIDE)
    const ink = hatch === 'stripes' ? '#ffffff' : inkOn(fill)
    context.strokeStyle = ink
    context.fillStyle = ink
    context.globalAlpha = hatch === 'stripes' ? 0.9 : 0.6
    HATCHES[hatch](context)
  }
  tiles.set(state, tile)
  return tile
}

export function tileScale(): number {
  return 1 / Math.max(1, Math.round(devicePixelRatio))
}

/** A sample of a state for the legend. It is hidden from screen readers, because the text beside it says the same. */
export function swatch(state: string): HTMLCanvasElement {
  const [width, height] = [26, 14]
  const made = element('canvas', { width: width / tileScale(), height: height / tileScale(), 'aria-hidden': 'true' })
  made.style.width = `${width}px`
  made.style.height = `${height}px`
  const context = made.getContext('2d')
  const pattern = context?.createPattern(tileOf(state), 'repeat')
  if (context && pattern) {
    context.fillStyle = pattern
    if (lookOf(state).hatch === 'baseline') context.fillRect(0, made.height / 2 - 1, made.width, 2)
    else context.fillRect(0, 0, made.width, made.height)
  }
  return made
}
