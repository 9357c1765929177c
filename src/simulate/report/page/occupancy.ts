/** Chart of the occupancy of the agents, the busiest first. Several results are drawn over each other by rank. */
import type { EChartsCoreOption } from 'echarts/core'
import { element } from '../../../pages/browser/dom.ts'
import { Chart, tip } from '../../../pages/lanes/charts.ts'
import { count, duration, percent } from '../../../pages/lanes/format.ts'
import type { Theme } from '../../../pages/lanes/theme.ts'
import type { AgentResult, SimulationResult } from '../../result.ts'
import { axisLook, pointsIn, tooltipLook } from './charts.ts'
import { greyOf, letterOf } from './series.ts'

/** If there are more agents than this, there is no room for their names. */
const NAMED = 60
/** Maximum number of rows of the table. */
const ROWS = 500

export function byOccupancy({ agents }: SimulationResult): readonly AgentResult[] {
  return [...agents].sort((a, b) => b.occupancy - a.occupancy)
}

export class Occupancy extends Chart {
  readonly #ranked: readonly (readonly AgentResult[])[]

  constructor(results: readonly SimulationResult[]) {
    super('Occupancy of the agents, the busiest first. The table below has the numbers.')
    this.#ranked = results.map(byOccupancy)
  }

  protected override height(): number {
    return 280
  }

  protected override option(theme: Theme): EChartsCoreOption {
    const most = Math.max(...this.#ranked.map(({ length }) => length))
    const [only = []] = this.#ranked
    const isNamed = this.#ranked.length === 1 && most <= NAMED
    const look = axisLook(theme)
    return {
      grid: { left: 60, right: 24, top: 16, bottom: isNamed ? 90 : 34 },
      xAxis: {
        type: 'category',
        data: isNamed ? only.map(({ name }) => name) : Array.from({ length: most }, (_, index) => `${index + 1}`),
        ...look,
        axisLabel: { color: theme.text, ...(isNamed && { rotate: 45, width: 100, overflow: 'truncate', interval: 0 }) },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        ...look,
        axisLabel: { color: theme.text, formatter: (value: number) => `${Math.round(value * 100)} %` },
      },
      tooltip: {
        ...tooltipLook(theme),
        trigger: 'axis',
        axisPointer: { type: 'shadow' },
        formatter: (params: unknown) => this.#tip(params),
      },
      series: this.#ranked.map((agents, result) => ({
        type: 'bar',
        barMaxWidth: 40,
        itemStyle: { color: greyOf(result) },
        data: agents.map(({ occupancy }) => occupancy),
      })),
    }
  }

  #tip(params: unknown): HTMLElement | string {
    const rank = pointsIn(params)[0]?.index
    if (rank === undefined) return ''
    const lines = this.#ranked.flatMap((agents, result) => {
      const agent = agents[rank]
      return agent
        ? [`${letterOf(result, this.#ranked.length)}${agent.name} (${agent.user}): ${percent(agent.occupancy)}`]
        : []
    })
    return tip(`Place ${rank + 1}`, ...lines)
  }
}

const HEADS = ['Agent', 'Team', 'Occupancy', 'Signed in', 'Calls offered', 'Calls answered', 'Talk', 'Wrap-up of calls']

/** The same as a table. */
export function occupancyTable(result: SimulationResult, name: string): HTMLElement {
  const ranked = byOccupancy(result)
  const rows = ranked
    .slice(0, ROWS)
    .map(({ name: agent, user, team, occupancy, signedInMs, calls }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, `${agent} (${user})`),
        element('td', {}, team),
        ...[
          percent(occupancy),
          duration(signedInMs),
          count(calls.offered),
          count(calls.answered),
          duration(calls.talkMs),
          duration(calls.wrapUpMs),
        ].map((text) => element('td', { class: 'number' }, text)),
      ),
    )
  const left = ranked.length - rows.length
  return element(
    'details',
    {},
    element('summary', {}, `Occupancy as a table: ${name}`),
    element(
      'div',
      { class: 'wide' },
      element(
        'table',
        {},
        element('thead', {}, element('tr', {}, ...HEADS.map((head) => element('th', { scope: 'col' }, head)))),
        element('tbody', {}, ...rows),
      ),
    ),
    left > 0 ? element('p', { class: 'soft' }, `${count(left)} more agents are not listed.`) : undefined,
  )
}
