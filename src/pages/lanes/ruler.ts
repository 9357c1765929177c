/** The time axis above the lanes of one result, with its faults, and the slider that zooms everything. */
import type { ECharts } from 'echarts/core'
import { Chart } from './charts.ts'
import type { LaneResult } from './spans.ts'
import type { Theme } from './theme.ts'
import { faultBands, LEFT, RIGHT, type TimeAxis } from './time-axis.ts'

export class Ruler extends Chart {
  readonly #axis: TimeAxis
  readonly #faults: LaneResult['faults']
  readonly #hasSlider: boolean
  readonly #left: number

  /** `left`: where the lanes begin, in CSS pixels. */
  constructor(axis: TimeAxis, faults: LaneResult['faults'], hasSlider: boolean, left = LEFT) {
    super(`Time axis with ${faults.length} faults. The buttons above zoom and move it.`)
    this.#axis = axis
    this.#faults = faults
    this.#hasSlider = hasSlider
    this.#left = left
  }

  protected override height(): number {
    return (this.#faults.length > 0 ? 46 : 26) + (this.#hasSlider ? 34 : 0)
  }

  protected override started(chart: ECharts): void {
    this.#axis.join(chart)
  }

  protected override option(theme: Theme) {
    return {
      useUTC: true,
      grid: { left: this.#left, right: RIGHT, top: 24, bottom: this.#hasSlider ? 34 : 0 },
      xAxis: { ...this.#axis.axis(theme, true), position: 'top' },
      yAxis: { type: 'value', show: false, min: 0, max: 1 },
      dataZoom: this.#axis.zoomOptions(theme, this.#hasSlider),
      series: [faultBands(this.#faults, theme, true)],
    }
  }
}
