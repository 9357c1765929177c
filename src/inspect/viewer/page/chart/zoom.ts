/** Zoom and pan of one chart. d3-zoom handles pointer and wheel; the chart itself handles keys. */
import { select } from 'd3-selection'
import { type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom'

export interface Size {
  readonly width: number
  readonly height: number
}

const SMALLEST = 0.2
const LARGEST = 4
/** Scales of a fitted chart: its text has 12 pixels at least, and small charts do not fill a large screen. */
const SMALLEST_FIT = 1
const LARGEST_FIT = 1.4

export interface Point {
  readonly x: number
  readonly y: number
}

export class Zoom {
  readonly #svg: SVGSVGElement
  readonly #behaviour: ZoomBehavior<SVGSVGElement, unknown>
  #content: Size = { width: 1, height: 1 }
  #focus: Point = { x: 0, y: 0 }
  /** True while the user has not moved the chart. Then it is fitted again when the size changes. */
  #isFitted = true

  /** `byWheel`: the wheel zooms. Otherwise it zooms only with Ctrl, and scrolls the page without. */
  constructor(svg: SVGSVGElement, inner: SVGGElement, byWheel: boolean) {
    this.#svg = svg
    this.#behaviour = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SMALLEST, LARGEST])
      .filter((event: Event) => {
        if (event instanceof WheelEvent) return byWheel || event.ctrlKey
        return !(event instanceof MouseEvent) || event.button === 0
      })
      .on('zoom', ({ transform, sourceEvent }) => {
        inner.setAttribute('transform', String(transform))
        if (sourceEvent) this.#isFitted = false
      })
    select(svg).call(this.#behaviour).on('dblclick.zoom', null)
  }

  /** Shows the whole chart, as large as possible. If that is not readable, the part around the focus. */
  fit(content: Size = this.#content, focus: Point = this.#focus): void {
    this.#content = content
    this.#focus = focus
    this.#isFitted = true
    const { clientWidth: width, clientHeight: height } = this.#svg
    if (width === 0 || height === 0) return
    const fair = Math.min(LARGEST_FIT, width / content.width, height / content.height)
    const scale = Math.max(SMALLEST_FIT, fair)
    const [x, y] = [
      offset(width, scale * content.width, scale * focus.x),
      offset(height, scale * content.height, scale * focus.y),
    ]
    select(this.#svg).call(this.#behaviour.transform, zoomIdentity.translate(x, y).scale(scale))
  }

  /** Fits again, around another focus, unless the user has moved the chart. */
  refit(focus: Point = this.#focus): void {
    if (this.#isFitted) this.fit(this.#content, focus)
  }

  by(factor: number): void {
    this.#isFitted = false
    select(this.#svg).call(this.#behaviour.scaleBy, factor)
  }

  pan(x: number, y: number): void {
    this.#isFitted = false
    select(this.#svg).call(this.#behaviour.translateBy, x, y)
  }

  end(): void {
    select(this.#svg).on('.zoom', null)
  }
}

/** Where content begins along an axis: in the middle if there is room, else so that the focus is seen. */
function offset(room: number, content: number, focus: number): number {
  if (content <= room) return (room - content) / 2
  return Math.min(0, Math.max(room - content, room / 2 - focus))
}

const STEP = 60

/** Handles a key of a focused chart. Returns false if the key has no function. */
export function zoomByKey(zoom: Zoom, { key }: KeyboardEvent): boolean {
  const acts: Readonly<Record<string, () => void>> = {
    '+': () => zoom.by(1.25),
    '=': () => zoom.by(1.25),
    '-': () => zoom.by(0.8),
    '0': () => zoom.fit(),
    ArrowLeft: () => zoom.pan(STEP, 0),
    ArrowRight: () => zoom.pan(-STEP, 0),
    ArrowUp: () => zoom.pan(0, STEP),
    ArrowDown: () => zoom.pan(0, -STEP),
  }
  const act = acts[key]
  act?.()
  return act !== undefined
}
