/** The section of the page with the lanes of all results, their controls and their tables. */

import { element } from '../../../pages/browser/dom.ts'
import { Lanes } from '../../../pages/lanes/chart.ts'
import type { Chart } from '../../../pages/lanes/charts.ts'
import { count } from '../../../pages/lanes/format.ts'
import { Legend } from '../../../pages/lanes/legend.ts'
import { statesIn } from '../../../pages/lanes/rows.ts'
import { Ruler } from '../../../pages/lanes/ruler.ts'
import { LaneTable } from '../../../pages/lanes/table.ts'
import type { Theme } from '../../../pages/lanes/theme.ts'
import type { TimeAxis } from '../../../pages/lanes/time-axis.ts'
import { zoomTools } from '../../../pages/lanes/tools.ts'
import type { SimulationResult } from '../../result.ts'

export class LanesSection {
  readonly host: HTMLElement
  readonly lanes: readonly Lanes[]
  readonly #rulers: readonly Ruler[]
  readonly #tables: readonly LaneTable[]
  readonly #found = element('span', { class: 'soft', 'aria-live': 'polite' })
  readonly #theme: () => Theme

  /** `theme` is called whenever something is drawn. */
  constructor(results: readonly SimulationResult[], names: readonly string[], axis: TimeAxis, theme: () => Theme) {
    this.#theme = theme
    const legend = new Legend(statesIn(results), () => this.#redraw())
    const isHidden = (state: string) => legend.isHidden(state)
    const nameOf = (index: number) => names[index] ?? ''
    this.lanes = results.map((result, index) => new Lanes({ result, name: nameOf(index), axis, isHidden }))
    this.#rulers = results.map(({ faults }, index) => new Ruler(axis, faults, index === 0))
    this.#tables = results.map(
      (result, index) =>
        new LaneTable({ result, isHidden }, `Lanes of ${nameOf(index)}; times since the start, h:mm:ss.mmm`),
    )
    const search = element('input', { type: 'search', id: 'agent', size: 24 })
    search.addEventListener('input', () => this.#search(search.value))
    const blocks = this.lanes.flatMap((lanes, index) => [
      results.length > 1 ? element('h3', {}, nameOf(index)) : undefined,
      this.#rulers[index]?.host,
      lanes.box,
      this.#tables[index]?.host,
    ])
    this.host = element(
      'section',
      { id: 'lanes' },
      element('h2', {}, 'Agents'),
      keptOf(results),
      element('div', { class: 'tools' }, element('label', { for: 'agent' }, 'Find an agent'), search, this.#found),
      legend.host,
      zoomTools(axis),
      ...blocks,
    )
  }

  get charts(): readonly Chart[] {
    return [...this.#rulers, ...this.lanes]
  }

  #search(text: string): void {
    const found = this.lanes.map((lanes) => lanes.search(text))
    for (const table of this.#tables) table.search(text)
    this.#found.textContent = text === '' ? '' : `${found.map(count).join(' and ')} found`
    this.#redraw()
  }

  #redraw(): void {
    for (const lanes of this.lanes) lanes.draw(this.#theme())
    for (const table of this.#tables) table.fill()
  }
}

/** A note if not all agents have lanes. */
function keptOf(results: readonly SimulationResult[]): HTMLElement | undefined {
  const texts = results.flatMap(({ agents }) => {
    const kept = agents.filter(({ tracks }) => tracks !== undefined).length
    return kept < agents.length ? [`The result has lanes of ${count(kept)} of ${count(agents.length)} agents.`] : []
  })
  return texts.length === 0 ? undefined : element('p', { class: 'soft' }, [...new Set(texts)].join(' '))
}
