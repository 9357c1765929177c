/** The parts of ECharts that only reports use, and the looks of their charts. */
import { BarChart } from 'echarts/charts'
import { DataZoomSliderComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import type { Theme } from '../../../pages/lanes/theme.ts'

use([BarChart, DataZoomSliderComponent, TooltipComponent])

export function tooltipLook(theme: Theme) {
  return {
    className: 'hint',
    backgroundColor: theme.page,
    borderColor: theme.soft,
    textStyle: { color: theme.text },
    confine: true,
    transitionDuration: 0,
  }
}

export function axisLook(theme: Theme) {
  return {
    axisLabel: { color: theme.text },
    axisLine: { lineStyle: { color: theme.soft } },
    axisTick: { lineStyle: { color: theme.soft } },
    splitLine: { lineStyle: { color: theme.line } },
    nameTextStyle: { color: theme.soft },
  }
}

/** Parameters of a tooltip from ECharts: the points of the series at the pointer. */
export function pointsIn(params: unknown): readonly { readonly series: number; readonly index: number }[] {
  if (!Array.isArray(params)) return []
  return params.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('seriesIndex' in each) || !('dataIndex' in each)) return []
    const { seriesIndex: series, dataIndex: index } = each
    return typeof series === 'number' && typeof index === 'number' ? [{ series, index }] : []
  })
}
