/**
 * The lanes of one result, in a scrolling box. Names are elements. Bars are on a canvas that covers the visible part
 * and a margin above and below. The canvas is moved when scrolling comes near its edge, so that the cost does not
 * depend on the number of agents.
 */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { element } from '../../../../pages/browser/dom.ts'
import { lookOf } from '../../../../pages/states.ts'
import type { SimulationResult } from '../../../result.ts'
import { Chart, type Place, tip } from '../charts.ts'
import { clock, duration, exact } from '../format.ts'
import type { Theme } from '../theme.ts'
import { faultBands, LEFT, RIGHT, type TimeAxis } from '../time-axis.ts'
import { type Box, type Drawn, renderer } from './bars.ts'
import { Hover } from './hover.ts'
import { heightOf, type Row, rowsOf } from './rows.ts'

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

export class Lanes extends Chart {
  /** The scrolling element. */
  readonly box: HTMLElement
  readonly #inner: HTMLElement
  readonly #result: SimulationResult
  readonly #axis: TimeAxis
  readonly #isHidden: (state: string) => boolean
  #rows: readonly Row[] = []
  #drawn: readonly Drawn[] = []
  #top = 0
  #bottom = 0
  #isWhole = false
  #theme: Theme | undefined

  constructor(result: SimulationResult, name: string, axis: TimeAxis, isHidden: (state: string) => boolean) {
    super(`Swim-lanes of ${name}. The table below has the same content.`, 'lanes-canvas')
    this.#result = result
    this.#axis = axis
    this.#isHidden = isHidden
    this.#inner = element('div', { class: 'lanes-inner' })
    this.box = element(
      'div',
      { class: 'lanes-scroll', tabindex: 0, role: 'region', 'aria-label': `Lanes of ${name}` },
      this.#inner,
    )
    this.host.style.left = `${LEFT}px`
    this.host.style.right = `${RIGHT}px`
    this.box.addEventListener('scroll', () => this.#follow())
    this.box.addEventListener('keydown', (event) => this.#key(event))
    this.search('')
  }

  /** Shows only the agents that match the search. The caller has to draw again. Returns the number of agents. */
  search(text: string): number {
    this.#rows = rowsOf(this.#result, text)
    this.#inner.style.height = `${heightOf(this.#rows)}px`
    this.#inner.replaceChildren(...this.#rows.map(nameOf), this.host)
    this.box.scrollTop = 0
    return new Set(this.#rows.map(({ agent }) => agent.user)).size
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
    this.box.addEventListener('scroll', () => hover.hide())
  }

  protected override option(theme: Theme, { width, height }: Place): EChartsCoreOption {
    const { faults } = this.#result
    const { end } = this.#axis
    const states = [...new Set(this.#drawn.map(({ piece }) => piece.state))]
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
          renderItem: renderer(states, this.#drawn, { end, width }, (each, x) => this.#boxOf(each, x)),
          encode: { x: [0, 1], y: -1 },
          data: states.map(() => [0, end]),
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

  /** The bar under the pointer. */
  #tip(x: number, y: number): HTMLElement | undefined {
    const place = this.#x()
    const each = this.#drawn.findLast((drawn) => {
      const box = this.#boxOf(drawn, place)
      return x >= box.x && x < Math.max(box.x + box.width, box.x + 2) && y >= box.y && y <= box.y + box.height
    })
    return each && describe(each, this.#result.startsAt)
  }

  /** Draws again when the visible part is no longer on the canvas. */
  #follow(): void {
    const { scrollTop, clientHeight } = this.box
    const isCovered = scrollTop >= this.#top && scrollTop + clientHeight <= Math.max(this.#bottom, clientHeight)
    if (!isCovered && this.#theme) this.draw(this.#theme)
  }

  #key({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): void {
    if (ctrlKey || altKey || metaKey) return
    if (key === '+') this.#axis.zoom(0.5)
    else if (key === '-') this.#axis.zoom(2)
    else if (key === 'ArrowLeft') this.#axis.shift(-0.2)
    else if (key === 'ArrowRight') this.#axis.shift(0.2)
    else if (key === '0') this.#axis.show(0, this.#axis.end)
  }
}

/** The lines of the tooltip of a bar. */
function describe({ row, piece }: Drawn, startsAt: number): HTMLElement {
  const { state, from, to, handling } = piece
  return tip(
    `${lookOf(state).label} (${state})`,
    `${row.agent.name} (${row.agent.user}), ${row.name}`,
    ...(handling ? [`dialog ${handling.dialog}, contact ${handling.contact}`] : []),
    `${exact(from)} to ${exact(to)}, ${duration(to - from)}`,
    `${clock(startsAt + from)} to ${clock(startsAt + to)} UTC`,
    ...(handling?.dispositionCode ? [`ended with ${handling.dispositionCode}`] : []),
  )
}

function nameOf({ agent, name, kind, isFirst, top, height }: Row): HTMLElement {
  const title = `${agent.name} (${agent.user})`
  const texts =
    kind === 'track'
      ? [
          element('span', { class: 'agent', title }, isFirst ? agent.name : ''),
          element('span', { class: 'track', title: name }, name),
        ]
      : []
  const made = element('div', { class: isFirst ? 'lane first' : 'lane' }, ...texts)
  made.style.top = `${top}px`
  made.style.height = `${height}px`
  made.style.lineHeight = `${height}px`
  return made
}
