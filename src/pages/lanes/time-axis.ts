/** The visible span of time. All charts of the page share it, also those of several results. */
import type { ECharts } from 'echarts/core'
import { exact, short } from './format.ts'
import type { LaneResult } from './spans.ts'
import type { Theme } from './theme.ts'

/** Minimum visible span, in ms. */
const CLOSEST = 1000

/** Width of the names of the lanes. All charts use it, so that their time axes are aligned. */
export const LEFT = 220
export const RIGHT = 24

export class TimeAxis {
  /** Begin and end of the time that can be shown. */
  readonly begin: number
  #end: number
  #from: number
  #to: number
  /** The text of a time: at the ticks, and beside the buttons. */
  readonly label: (ms: number) => string
  readonly #charts = new Set<ECharts>()
  readonly #listeners = new Set<() => void>()

  constructor(end: number, begin = 0, label: (ms: number) => string = exact) {
    this.begin = begin
    this.#from = begin
    this.#end = Math.max(end, begin + CLOSEST)
    this.#to = this.#end
    this.label = label
  }

  get end(): number {
    return this.#end
  }

  /** Moves the end. What shows the end follows it; what shows everything still does. */
  grow(end: number): void {
    if (end <= this.#end) return
    const by = end - this.#end
    const [isWhole, isAtEnd] = [this.#from === this.begin, this.#to === this.#end]
    this.#end = end
    if (isAtEnd) this.#move(isWhole ? this.#from : this.#from + by, end, undefined)
  }

  showAll(): void {
    this.show(this.begin, this.#end)
  }

  get from(): number {
    return this.#from
  }

  get to(): number {
    return this.#to
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Connects a chart, so that it zooms and moves together with the others. It needs the options of `zoom`. */
  join(chart: ECharts): void {
    this.#charts.add(chart)
    chart.on('datazoom', () => {
      const range = rangeOf(chart.getOption())
      if (range) this.#move(range[0], range[1], chart)
    })
  }

  /** Shows a span, limited to the time of the simulation. */
  show(from: number, to: number): void {
    this.#move(from, to, undefined)
  }

  /** Zooms by a factor around the middle: below 1 is closer. */
  zoom(factor: number): void {
    const middle = (this.#from + this.#to) / 2
    const half = ((this.#to - this.#from) * factor) / 2
    this.show(middle - half, middle + half)
  }

  /** Moves by a share of the visible span. */
  shift(share: number): void {
    const by = (this.#to - this.#from) * share
    const kept = Math.min(Math.max(by, this.begin - this.#from), this.end - this.#to)
    this.show(this.#from + kept, this.#to + kept)
  }

  #move(from: number, to: number, source: ECharts | undefined): void {
    const start = Math.min(Math.max(this.begin, from), this.end - CLOSEST)
    const end = Math.max(Math.min(this.end, to), start + CLOSEST)
    if (start === this.#from && end === this.#to) return
    this.#from = start
    this.#to = end
    for (const chart of this.#charts) {
      if (chart === source) continue
      chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, startValue: start, endValue: end }, { silent: true })
    }
    for (const listener of this.#listeners) listener()
  }

  /**
   * Options of the axis. Times are ms since the start. It is a UTC time axis, so that the ticks are at whole minutes
   * and hours.
   */
  axis(theme: Theme, isShown: boolean) {
    return {
      type: 'time',
      min: this.begin,
      max: this.end,
      axisLabel: {
        show: isShown,
        color: theme.text,
        hideOverlap: true,
        formatter: (value: number) => (this.label === exact ? short(value) : this.label(value)),
      },
      axisLine: { show: isShown, lineStyle: { color: theme.soft } },
      axisTick: { show: isShown, lineStyle: { color: theme.soft } },
      splitLine: { show: true, lineStyle: { color: theme.line } },
    }
  }

  /** Options for zooming with Ctrl and the wheel, and for dragging. The wheel alone scrolls the page. */
  zoomOptions(theme: Theme, withSlider: boolean) {
    const range = {
      startValue: this.#from,
      endValue: this.#to,
      minValueSpan: CLOSEST,
      throttle: 16,
      filterMode: 'none',
    }
    const inside = {
      type: 'inside',
      ...range,
      zoomOnMouseWheel: 'ctrl',
      moveOnMouseWheel: false,
      preventDefaultMouseMove: false,
    }
    const slider = {
      type: 'slider',
      ...range,
      height: 18,
      bottom: 6,
      showDataShadow: false,
      labelFormatter: (value: number) => short(Math.round(value)),
      textStyle: { color: theme.text },
      borderColor: theme.line,
      handleStyle: { color: theme.page, borderColor: theme.soft },
    }
    return withSlider ? [inside, slider] : [inside]
  }
}

function rangeOf(option: unknown): readonly [number, number] | undefined {
  if (typeof option !== 'object' || option === null || !('dataZoom' in option)) return undefined
  const [zoom]: readonly unknown[] = Array.isArray(option.dataZoom) ? option.dataZoom : []
  if (typeof zoom !== 'object' || zoom === null || !('startValue' in zoom) || !('endValue' in zoom)) return undefined
  const { startValue, endValue } = zoom
  return typeof startValue === 'number' && typeof endValue === 'number' ? [startValue, endValue] : undefined
}

/** Draws faults as bands. They belong to a line without points. */
export function faultBands(faults: LaneResult['faults'], theme: Theme, withText: boolean) {
  return {
    type: 'line',
    name: 'faults',
    data: [],
    silent: true,
    markArea: {
      silent: true,
      itemStyle: { color: theme.band, borderColor: theme.soft, borderWidth: 1, borderType: 'dashed' },
      label: {
        show: withText,
        position: 'insideTopLeft',
        color: theme.text,
        fontSize: 12,
        overflow: 'truncate',
        width: 160,
      },
      data: faults.map(({ text, from, to }) => [{ xAxis: from, name: text }, { xAxis: to }]),
    },
  }
}
