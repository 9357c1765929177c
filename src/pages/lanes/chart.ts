/**
 * The lanes of one result, in a scrolling box. Names are elements. Bars are on a canvas that covers the visible part
 * and a margin above and below. The canvas is moved when scrolling comes near its edge, so that the cost does not
 * depend on the number of agents.
 */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { element } from '../browser/dom.ts'
import { lookOf } from '../states.ts'
import { type Box, type Drawn, renderer } from './bars.ts'
import { Chart, type Place, tip } from './charts.ts'
import { clock, duration } from './format.ts'
import { Hover } from './hover.ts'
import { Overlay } from './overlay.ts'
import { heightOf, type Row, rowsOf } from './rows.ts'
import type { LaneResult } from './spans.ts'
import type { Theme } from './theme.ts'
import { faultBands, LEFT, RIGHT, type TimeAxis } from './time-axis.ts'

/** Between bars, in CSS pixels. */
const MARGIN = 3
/** Maximum height of a canvas. Browsers draw nothing on a canvas above their limit. */
const HIGHEST = 16_000

/** The data of one bar, for tests and for the console. `x` and `y`: its centre, in page coordinates. */
export interface Shown {
  readonly agent: string
  readonly subject: string
  readonly dialog: string
  readonly state: string
  readonly from: number
  readonly to: number
  readonly x: number
  readonly y: number
}

export interface LanesOptions {
  readonly result: LaneResult
  /** Of the result, for screen readers. */
  readonly name: string
  readonly axis: TimeAxis
  readonly isHidden: (state: string) => boolean
  /** Width of the names, in CSS pixels. Default: `LEFT`, with room for the agent. */
  readonly left?: number
  /** The names of agents are shown. Default: true. */
  readonly hasAgents?: boolean
  /** Called after a click or tap, with the time and the bar there. */
  readonly picked?: (time: number, drawn: Drawn | undefined) => void
}

export class Lanes extends Chart {
  /** The scrolling element. */
  readonly box: HTMLElement
  readonly #inner: HTMLElement
  /** The time that is marked, in milliseconds since the start; `undefined`: none. */
  mark: number | undefined
  readonly #options: LanesOptions
  readonly #axis: TimeAxis
  readonly #isHidden: (state: string) => boolean
  readonly #overlay = new Overlay()
  #result: LaneResult
  #search = ''
  #rows: readonly Row[] = []
  #drawn: readonly Drawn[] = []
  #top = 0
  #bottom = 0
  #isWhole = false
  #theme: Theme | undefined

  constructor(options: LanesOptions) {
    const { result, name, axis, isHidden, left = LEFT } = options
    super(`Swim-lanes of ${name}. The table below has the same content.`, 'lanes-canvas')
    this.#options = options
    this.#result = result
    this.#axis = axis
    this.#isHidden = isHidden
    this.#inner = element('div', { class: 'lanes-inner' })
    this.box = element(
      'div',
      { class: 'lanes-scroll', tabindex: 0, role: 'region', 'aria-label': `Lanes of ${name}` },
      this.#inner,
    )
    this.host.style.left = `${left}px`
    this.host.style.right = `${RIGHT}px`
    this.box.addEventListener('scroll', () => this.#follow())
    this.box.addEventListener('keydown', (event) => this.#key(event))
    this.search('')
  }

  /** Shows only the agents that match the search. The caller has to draw again. Returns the number of agents. */
  search(text: string): number {
    this.#search = text
    this.#fill()
    this.box.scrollTop = 0
    return new Set(this.#rows.map(({ agent }) => agent.user)).size
  }

  /** Shows a newer result. The caller has to draw again. */
  replace(result: LaneResult): void {
    this.#result = result
    this.#fill()
  }

  #fill(): void {
    const { hasAgents = true } = this.#options
    this.#rows = rowsOf(this.#result, this.#search)
    this.#overlay.links(this.#rows)
    this.#inner.style.height = `${heightOf(this.#rows)}px`
    this.#inner.replaceChildren(...this.#rows.map((row) => nameOf(row, hasAgents)), this.host)
  }

  /** Shows all rows at once, for printing. */
  whole(isWhole: boolean): void {
    this.#isWhole = isWhole
  }

  override draw(theme: Theme): void {
    this.#theme = theme
    const all = heightOf(this.#rows)
    const seen = this.box.clientHeight
    const from = this.#isWhole ? 0 : Math.max(0, this.box.scrollTop - seen / 2)
    this.#top = from
    this.#bottom = this.#isWhole ? Math.min(all, HIGHEST) : Math.min(all, from + 2 * seen)
    this.host.style.top = `${this.#top}px`
    this.#drawn = this.#rows
      .filter(({ top, height }) => top + height > this.#top && top < this.#bottom)
      .flatMap((row) =>
        row.pieces
          .filter(({ state, from: start, to }) => to > start && !this.#isHidden(state))
          .map((piece) => ({ row, piece })),
      )
    super.draw(theme)
  }

  /** The bars that are on the canvas now. */
  shown(): readonly Shown[] {
    const frame = this.host.getBoundingClientRect()
    return this.#drawn.map((each) => {
      const { row, piece } = each
      const { x, y, width, height } = this.#boxOf(each, this.#x())
      return {
        agent: row.agent.user,
        subject: row.subject,
        dialog: piece.handling?.dialog ?? '',
        state: piece.state,
        from: piece.from,
        to: piece.to,
        x: frame.x + (Math.max(0, x) + Math.min(frame.width, x + width)) / 2,
        y: frame.y + y + height / 2,
      }
    })
  }

  protected override height(): number {
    return Math.max(1, this.#bottom - this.#top)
  }

  protected override started(chart: ECharts): void {
    this.#axis.join(chart)
    const hover = new Hover((x, y) => this.#tip(x, y))
    chart.getZr().on('mousemove', ({ offsetX, offsetY }) => hover.at(this.host, offsetX, offsetY))
    chart.getZr().on('globalout', () => hover.hide())
    chart
      .getZr()
      .on('click', ({ offsetX, offsetY }) =>
        this.#options.picked?.(this.#timeAt(offsetX), this.#drawnAt(offsetX, offsetY)),
      )
    this.box.addEventListener('scroll', () => hover.hide())
  }

  protected override option(theme: Theme, { width, height }: Place): EChartsCoreOption {
    const { faults } = this.#result
    const { end } = this.#axis
    const states = [...new Set(this.#drawn.map(({ piece }) => piece.state))]
    const bars = renderer(states, this.#drawn, { end, width }, (each, x) => this.#boxOf(each, x))
    const place = { top: this.#top, width, height, theme }
    const hasLinks = !this.#isHidden('INTERRUPTED')
    return {
      useUTC: true,
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: this.#axis.axis(theme, false),
      yAxis: { type: 'value', show: false, min: 0, max: height, inverse: true },
      dataZoom: this.#axis.zoomOptions(theme, false),
      series: [
        faultBands(faults, theme, false),
        {
          type: 'custom',
          silent: true,
          renderItem: (...given: Parameters<typeof bars>) =>
            given[0].dataIndex < states.length
              ? bars(...given)
              : this.#overlay.shapes(this.#x(), { ...place, mark: this.mark, hasLinks }),
          encode: { x: [0, 1], y: -1 },
          data: [...states, ''].map(() => [this.#axis.begin, end]),
        },
      ],
    }
  }

  /** Converts a time into a position in the chart, with the current zoom. */
  #x(): (time: number) => number {
    const { from, to } = this.#axis
    const { clientWidth } = this.host
    return (time) => ((time - from) / (to - from)) * clientWidth
  }

  #boxOf({ row, piece }: Drawn, x: (time: number) => number): Box {
    const extra = row.isFirst ? MARGIN : 0
    return {
      x: x(piece.from),
      width: x(piece.to) - x(piece.from),
      y: row.top - this.#top + MARGIN + extra,
      height: row.height - MARGIN - extra - 1,
    }
  }

  #timeAt(x: number): number {
    const { from, to } = this.#axis
    return from + (x / Math.max(1, this.host.clientWidth)) * (to - from)
  }

  #drawnAt(x: number, y: number): Drawn | undefined {
    const place = this.#x()
    return this.#drawn.findLast((drawn) => {
      const box = this.#boxOf(drawn, place)
      return x >= box.x && x < Math.max(box.x + box.width, box.x + 2) && y >= box.y && y <= box.y + box.height
    })
  }

  /** The bar under the pointer. */
  #tip(x: number, y: number): HTMLElement | undefined {
    const each = this.#drawnAt(x, y)
    return each && describe(each, this.#result.startsAt, this.#axis.label)
  }

  /** Draws again when the visible part is no longer on the canvas. */
  #follow(): void {
    const { scrollTop, clientHeight } = this.box
    const isCovered = scrollTop >= this.#top && scrollTop + clientHeight <= Math.max(this.#bottom, clientHeight)
    if (!isCovered && this.#theme) this.draw(this.#theme)
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    const axis = this.#axis
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => axis.zoom(0.5),
      '=': () => axis.zoom(0.5),
      '-': () => axis.zoom(2),
      ArrowLeft: () => axis.shift(-0.2),
      ArrowRight: () => axis.shift(0.2),
      '0': () => axis.showAll(),
    }
    const act = acts[event.key]
    if (act === undefined) return
    act()
    event.preventDefault()
    event.stopPropagation()
  }
}

/** The lines of the tooltip of a bar. */
function describe({ row, piece }: Drawn, startsAt: number, label: (ms: number) => string): HTMLElement {
  const { state, from, to, handling } = piece
  return tip(
    `${lookOf(state).label} (${state})`,
    `${row.agent.name} (${row.agent.user}), ${row.name}`,
    ...(handling ? [`dialog ${handling.dialog}${handling.contact === '' ? '' : `, contact ${handling.contact}`}`] : []),
    `${label(from)} to ${label(to)}, ${duration(to - from)}`,
    `${clock(startsAt + from)} to ${clock(startsAt + to)} UTC`,
    ...(handling?.dispositionCode ? [`ended with ${handling.dispositionCode}`] : []),
  )
}

function nameOf({ agent, name, kind, isFirst, top, height }: Row, hasAgents: boolean): HTMLElement {
  const title = `${agent.name} (${agent.user})`
  const texts =
    kind === 'track'
      ? [
          ...(hasAgents ? [element('span', { class: 'agent', title }, isFirst ? agent.name : '')] : []),
          element('span', { class: 'track', title: name }, name),
        ]
      : []
  const made = element('div', { class: isFirst ? 'lane first' : 'lane' }, ...texts)
  made.style.top = `${top}px`
  made.style.height = `${height}px`
  made.style.lineHeight = `${height}px`
  return made
}
