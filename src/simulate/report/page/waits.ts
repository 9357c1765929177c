/**
 * Chart of the waiting times of the queues. Half of the contacts waited at most p50, nine of ten at most p90, and so
 * on.
 */
import type { EChartsCoreOption } from 'echarts/core'
import { Chart, tip } from '../../../pages/lanes/charts.ts'
import { duration } from '../../../pages/lanes/format.ts'
import type { Theme } from '../../../pages/lanes/theme.ts'
import type { SimulationResult } from '../../result.ts'
import { axisLook, pointsIn, tooltipLook } from './charts.ts'
import { colourOf, letterOf } from './series.ts'

/** Minimum length of the axis, in ms, so that waits of 0 are at its beginning. */
const SHORTEST = 1000

/** Steps of the axis, in ms: those of a clock. */
const STEPS = [
  100, 250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000,
] as const
/** Most steps on the axis. */
const STEPS_MAX = 8

/** The smallest step with which the axis has at most eight of them. */
export const stepFor = (longest: number): number => STEPS.find((step) => longest / step <= STEPS_MAX) ?? 86_400_000

const MEASURES = ['p50', 'p90', 'p99', 'longest'] as const

export class Waits extends Chart {
  readonly #queues: readonly {
    readonly name: string
    readonly colour: string
    readonly queue: SimulationResult['queues'][number]
  }[]

  constructor(results: readonly SimulationResult[]) {
    super('Waiting times per queue: p50, p90, p99 and the longest. The table of queues has the numbers.')
    const ids = [...new Set(results.flatMap(({ queues }) => queues.map(({ mrd }) => mrd)))]
    this.#queues = ids.flatMap((id) =>
      results.flatMap(({ queues }, result) =>
        queues
          .filter(({ mrd, wait }) => mrd === id && wait.count > 0)
          .map((queue) => ({
            name: `${letterOf(result, results.length)}${queue.name}`,
            colour: colourOf(ids.indexOf(id)),
            queue,
          })),
      ),
    )
  }

  get isEmpty(): boolean {
    return this.#queues.length === 0
  }

  protected override height(): number {
    return 50 + 60 * this.#queues.length
  }

  protected override option(theme: Theme): EChartsCoreOption {
    const look = axisLook(theme)
    const longest = Math.max(SHORTEST, ...this.#queues.map(({ queue }) => queue.wait.longest))
    return {
      grid: { left: 220, right: 90, top: 10, bottom: 30 },
      xAxis: {
        type: 'value',
        interval: stepFor(longest),
        max: Math.ceil(longest / stepFor(longest)) * stepFor(longest),
        ...look,
        axisLabel: { color: theme.text, hideOverlap: true, formatter: duration },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: this.#queues.map(({ name }) => name),
        ...look,
        axisLabel: { color: theme.text, width: 200, overflow: 'truncate' },
      },
      tooltip: {
        ...tooltipLook(theme),
        trigger: 'axis',
        axisPointer: { type: 'shadow' },
        formatter: (params: unknown) => this.#tip(params),
      },
      series: MEASURES.map((measure) => ({
        type: 'bar',
        name: measure,
        barGap: 0.1,
        label: {
          show: true,
          position: 'right',
          color: theme.text,
          fontSize: 10,
          formatter: ({ value }: { readonly value: unknown }) =>
            `${measure} ${typeof value === 'number' ? duration(value) : ''}`,
        },
        // The labels tell the bars apart; the colour is that of the queue.
        data: this.#queues.map(({ queue, colour }) => ({ value: queue.wait[measure], itemStyle: { color: colour } })),
      })),
    }
  }

  #tip(params: unknown): HTMLElement | string {
    const [first] = pointsIn(params)
    const found = first && this.#queues[first.index]
    if (!found) return ''
    const { wait } = found.queue
    return tip(
      found.name,
      `${wait.count} accepted, mean ${duration(wait.mean)}`,
      ...MEASURES.map((measure) => `${measure}: ${duration(wait[measure])}`),
    )
  }
}
