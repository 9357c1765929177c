/** Waiting tasks over time: all queues of all results in one chart, on the time axis of the lanes. */
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { element } from '../../../pages/browser/dom.ts'
import { Chart, tip } from '../../../pages/lanes/charts.ts'
import { exact } from '../../../pages/lanes/format.ts'
import type { Theme } from '../../../pages/lanes/theme.ts'
import { faultBands, LEFT, RIGHT, type TimeAxis } from '../../../pages/lanes/time-axis.ts'
import type { SimulationResult } from '../../result.ts'
import { axisLook, pointsIn, tooltipLook } from './charts.ts'
import { colourOf, dashOf, letterOf } from './series.ts'

export interface QueueLine {
  readonly name: string
  readonly colour: string
  readonly dash: ReturnType<typeof dashOf>
  /** Moment in ms, and number of waiting tasks. */
  readonly points: readonly (readonly [number, number])[]
}

export function linesOf(results: readonly SimulationResult[]): readonly QueueLine[] {
  // All queues of all results keep their colours, also if those that nobody used are left out.
  const ids = [...new Set(results.flatMap(({ queues }) => queues.map(({ mrd }) => mrd)))]
  const isUsed = (id: string) =>
    results.some(({ queues }) => queues.some(({ mrd, arrived }) => mrd === id && arrived > 0))
  const shown = ids.some(isUsed) ? ids.filter(isUsed) : ids
  return results.flatMap(({ queues }, result) =>
    queues
      .filter(({ mrd }) => shown.includes(mrd))
      .map(({ mrd, name, length }) => ({
        name: `${letterOf(result, results.length)}${name}`,
        colour: colourOf(ids.indexOf(mrd)),
        dash: dashOf(result),
        points: length.values.map((value, index) => [index * length.every, value] as const),
      })),
  )
}

/** Faults of all results. If all results have the same faults, they are listed once. */
function faultsOf(results: readonly SimulationResult[]): SimulationResult['faults'] {
  const [first, ...others] = results.map(({ faults }) => faults)
  if (!first || others.every((faults) => JSON.stringify(faults) === JSON.stringify(first))) return first ?? []
  return results.flatMap(({ faults }, result) =>
    faults.map((fault) => ({ ...fault, text: `${letterOf(result, results.length)}${fault.text}` })),
  )
}

export class QueueLength extends Chart {
  /** Buttons that show and hide lines. */
  readonly legend: HTMLElement
  readonly lines: readonly QueueLine[]
  readonly #results: readonly SimulationResult[]
  readonly #axis: TimeAxis
  readonly #hidden = new Set<number>()

  constructor(results: readonly SimulationResult[], axis: TimeAxis, theme: () => Theme) {
    super('Waiting tasks per queue over time. The longest queue is in the table of queues.')
    this.#results = results
    this.#axis = axis
    this.lines = linesOf(results)
    const buttons = this.lines.map((line, index) => {
      const sample = element('canvas', { width: 52, height: 28, 'aria-hidden': 'true' })
      sample.style.width = '26px'
      sample.style.height = '14px'
      drawSample(sample, line)
      const made = element('button', { type: 'button', 'aria-pressed': 'true' }, sample, line.name)
      made.addEventListener('click', () => {
        const isHidden = this.#hidden.has(index)
        if (isHidden) this.#hidden.delete(index)
        else this.#hidden.add(index)
        made.setAttribute('aria-pressed', String(isHidden))
        this.draw(theme())
      })
      return made
    })
    this.legend = element('fieldset', { class: 'legend' }, element('legend', {}, 'Queues shown'), ...buttons)
  }

  protected override height(): number {
    return 260
  }

  protected override started(chart: ECharts): void {
    this.#axis.join(chart)
  }

  protected override option(theme: Theme): EChartsCoreOption {
    const faults = faultsOf(this.#results)
    return {
      useUTC: true,
      grid: { left: LEFT, right: RIGHT, top: 30, bottom: 28 },
      xAxis: this.#axis.axis(theme, true),
      yAxis: { type: 'value', name: 'waiting', minInterval: 1, min: 0, ...axisLook(theme) },
      dataZoom: this.#axis.zoomOptions(theme, false),
      tooltip: {
        ...tooltipLook(theme),
        trigger: 'axis',
        formatter: (params: unknown) => this.#tip(params),
      },
      series: [
        ...this.lines.map(({ name, colour, dash, points }, index) => ({
          type: 'line',
          name,
          step: 'end',
          symbol: 'none',
          sampling: 'max',
          lineStyle: { color: colour, type: dash, width: 2 },
          itemStyle: { color: colour },
          data: this.#hidden.has(index) ? [] : points,
        })),
        faultBands(faults, theme, true),
      ],
    }
  }

  #tip(params: unknown): HTMLElement | string {
    const found = pointsIn(params).flatMap(({ series, index }) => {
      const line = this.lines[series]
      const point = line?.points[index]
      return line && point ? [{ name: line.name, at: point[0], waiting: point[1] }] : []
    })
    const [first] = found
    return first ? tip(exact(first.at), ...found.map(({ name, waiting }) => `${name}: ${waiting}`)) : ''
  }
}

function drawSample(canvas: HTMLCanvasElement, { colour, dash }: QueueLine): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.strokeStyle = colour
  context.lineWidth = 5
  context.setLineDash(dash === 'solid' ? [] : dash === 'dashed' ? [14, 8] : [5, 6])
  context.beginPath()
  context.moveTo(0, 14)
  context.lineTo(52, 14)
  context.stroke()
}
