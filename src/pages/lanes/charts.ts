/** The parts of ECharts that lanes use, and the common base of all charts. */
import { CustomChart, LineChart } from 'echarts/charts'
import { DataZoomInsideComponent, GridComponent, MarkAreaComponent } from 'echarts/components'
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { element } from '../browser/dom.ts'
import type { Theme } from './theme.ts'

use([CustomChart, LineChart, DataZoomInsideComponent, GridComponent, MarkAreaComponent, CanvasRenderer])

/** Height and width are in CSS pixels. */
export interface Place {
  readonly width: number
  readonly height: number
}

/** A chart that is drawn again when the page changes between light and dark, or changes its size. */
export abstract class Chart {
  readonly host: HTMLElement
  #chart: ECharts | undefined

  /** `label` describes the chart for screen readers. */
  constructor(label: string, kind = 'chart') {
    this.host = element('div', { class: kind, role: 'img', 'aria-label': label })
  }

  protected abstract option(theme: Theme, place: Place): EChartsCoreOption
  protected abstract height(): number
  /** Called once, when the chart has been created. */
  protected started(_chart: ECharts): void {}

  /** Draws at once and not in the next frame, because printing does not wait. */
  draw(theme: Theme): void {
    const place = { width: Math.max(100, this.host.clientWidth), height: this.height() }
    this.host.style.height = `${place.height}px`
    const isNew = this.#chart === undefined
    const chart = this.#chart ?? init(this.host, null, { ...place, renderer: 'canvas' })
    this.#chart = chart
    if (isNew) this.started(chart)
    else chart.resize({ ...place, silent: true })
    chart.setOption({ animation: false, ...this.option(theme, place) }, { notMerge: true })
    chart.getZr().flush()
  }

  /** Frees the canvas, for a page that shows other charts later. */
  dispose(): void {
    this.#chart?.dispose()
    this.#chart = undefined
  }
}

/** A tooltip beside the pointer. Lines are inserted as text, never as HTML. */
export function tip(title: string, ...lines: readonly string[]): HTMLElement {
  return element(
    'div',
    { class: 'tip' },
    element('strong', {}, title),
    ...lines.map((line) => element('div', {}, line)),
  )
}
