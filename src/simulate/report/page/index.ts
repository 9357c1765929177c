/** The page: reads the results that are embedded in it, and builds everything from them. */

import { element } from '../../../pages/browser/dom.ts'
import type { Shown } from '../../../pages/lanes/chart.ts'
import type { Chart } from '../../../pages/lanes/charts.ts'
import { onLook, themeNow } from '../../../pages/lanes/theme.ts'
import { TimeAxis } from '../../../pages/lanes/time-axis.ts'
import type { Assumption, SharedAssumption, ShownComparison, SimulationResult } from '../../result.ts'
import { answer } from './answer.ts'
import { figureTable } from './figure-tables.ts'
import { OVERALL, PER_MRD, PER_QUEUE, queuesOf, resultNames, stateFigures, workOf } from './figures.ts'
import { LanesSection } from './lanes.ts'
import { Occupancy, occupancyTable } from './occupancy.ts'
import { expectations, faults, head } from './overview.ts'
import { QueueLength } from './queue-length.ts'
import { Waits } from './waits.ts'

declare global {
  interface Window {
    /** For the console and for tests: what the charts show at the moment. */
    mrdianReport?: {
      lanes(result: number): readonly Shown[]
      queueLengths(): readonly { readonly name: string; readonly points: number }[]
      time(): { readonly from: number; readonly to: number }
      zoom(from: number, to: number): void
    }
  }
}

/** They are not validated again, because `renderHtml` has written them into this file. */
function readResults(): readonly SimulationResult[] {
  const results: readonly SimulationResult[] = JSON.parse(document.getElementById('results')?.textContent ?? '[]')
  return results
}

/** The comparison of many runs, if there is one. */
function readComparison(): ShownComparison | undefined {
  const text = document.getElementById('comparison')?.textContent
  const comparison: ShownComparison | undefined = text ? JSON.parse(text) : undefined
  return comparison
}

function section(id: string, title: string, ...content: readonly (Node | undefined)[]): HTMLElement | undefined {
  const shown = content.filter((each) => each !== undefined)
  return shown.length === 0 ? undefined : element('section', { id }, element('h2', {}, title), ...shown)
}

function heads(results: readonly SimulationResult[], names: readonly string[]): readonly HTMLElement[] {
  const [first] = results
  if (results.length === 1 && first) return [head(first, names[0] ?? '', 'h1')]
  const sides = results.map((result, index) => head(result, names[index] ?? '', 'h2'))
  return [element('h1', {}, 'Comparison'), element('div', { class: 'sides' }, ...sides)]
}

/** Values and sources of what is assumed of people, also if only some variants assume it. */
function people(all: readonly SharedAssumption[]): HTMLElement | undefined {
  if (all.length === 0) return undefined
  const rows = all.map(({ of, about, value, source }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, `${about}${of}`),
      element('td', {}, value),
      element('td', { class: 'soft' }, source),
    ),
  )
  const heads = ['What', 'Value', 'From'].map((text) => element('th', { scope: 'col' }, text))
  return section(
    'people',
    'What is assumed of people',
    element(
      'div',
      { class: 'wide' },
      element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows)),
    ),
  )
}

function figures(results: readonly SimulationResult[], names: readonly string[]): HTMLElement | undefined {
  const inStates = stateFigures(results)
  const overall = { name: '', of: results }
  const made = section(
    'figures',
    'Key figures',
    results.length > 1 ? allRows() : undefined,
    figureTable({ caption: 'Overall', head: '', subjects: [overall], figures: OVERALL, results: names }),
    figureTable({ caption: 'Queues', head: 'Queue', subjects: queuesOf(results), figures: PER_QUEUE, results: names }),
    figureTable({ caption: 'Time on task', head: 'MRD', subjects: workOf(results), figures: PER_MRD, results: names }),
    inStates.length === 0
      ? undefined
      : figureTable({
          caption: 'Time of all agents in each state',
          head: 'MRD',
          subjects: workOf(results),
          figures: inStates,
          results: names,
        }),
  )
  made?.classList.toggle('brief', results.length > 1)
  return made
}

/** Of several results only the rows that differ are shown, until all are asked for. */
function allRows(): HTMLElement {
  const box = element('input', { type: 'checkbox' })
  box.addEventListener('change', () => box.closest('section')?.classList.toggle('brief', !box.checked))
  return element('p', { class: 'tools' }, element('label', {}, box, ' Also rows that do not differ'))
}

/** Without a comparison the assumptions are those of the first result. */
const unshared = (assumption: Assumption): SharedAssumption => ({ ...assumption, of: '' })

const firstRuns = ({ runs, all }: ShownComparison): string =>
  runs.length === 1
    ? 'The first run'
    : runs.length < all.names.length
      ? 'The first runs of the first and the last value'
      : 'The first run of each variant'

function build(results: readonly SimulationResult[], comparison: ShownComparison | undefined, main: HTMLElement): void {
  const names = resultNames(results, comparison?.runs)
  const nameOf = (index: number) => (results.length > 1 ? names[index] : undefined)
  const axis = new TimeAxis(Math.max(...results.map(({ durationMs }) => durationMs)))
  const lanes = new LanesSection(results, names, axis, themeNow)
  const queueLength = new QueueLength(results, axis, themeNow)
  const waits = new Waits(results)
  const occupancy = new Occupancy(results)
  const expected = section(
    'expectations',
    'Expectations',
    ...results.map((result, index) => expectations(result, nameOf(index))),
  )
  // Failed expectations come first. If there are none, the picture comes first.
  const isFailed = results.some((result) => result.expectations.some(({ held }) => !held))
  const sections = [
    ...(comparison ? [answer(comparison)] : []),
    ...(comparison ? [element('h2', {}, firstRuns(comparison))] : []),
    ...heads(results, names),
    ...(isFailed ? [expected] : []),
    lanes.host,
    figures(results, names),
    section('queue-lengths', 'Queue lengths', queueLength.legend, queueLength.host),
    waits.isEmpty ? undefined : section('waits', 'Waiting times', waits.host),
    section(
      'occupancy',
      'Occupancy',
      occupancy.host,
      ...results.map((result, index) => occupancyTable(result, names[index] ?? '')),
    ),
    people(comparison?.people ?? results.slice(0, 1).flatMap((first) => first.people.map(unshared))),
    section('faults', 'Faults', ...results.map((result, index) => faults(result, nameOf(index)))),
    ...(isFailed ? [] : [expected]),
  ]
  main.replaceChildren(...sections.filter((each) => each !== undefined))

  const charts: readonly Chart[] = [...lanes.charts, queueLength, ...(waits.isEmpty ? [] : [waits]), occupancy]
  const draw = () => {
    const theme = themeNow()
    for (const chart of charts) chart.draw(theme)
  }
  draw()
  onLook(draw, (isPrinting) => {
    for (const each of lanes.lanes) each.whole(isPrinting)
    draw()
  })
  let width = main.clientWidth
  new ResizeObserver(() => {
    if (main.clientWidth === width) return
    width = main.clientWidth
    draw()
  }).observe(main)

  window.mrdianReport = {
    lanes: (result) => lanes.lanes[result]?.shown() ?? [],
    queueLengths: () => queueLength.lines.map(({ name, points }) => ({ name, points: points.length })),
    time: () => ({ from: axis.from, to: axis.to }),
    zoom: (from, to) => axis.show(from, to),
  }
}

const main = document.getElementById('report')
if (main) build(readResults(), readComparison(), main)
