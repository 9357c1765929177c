/** What the page of a comparison begins with: the answer in sentences, warnings, and the differences with intervals. */
import { element } from '../../../pages/browser/dom.ts'
import type { ShownComparison, ShownDifference } from '../../result.ts'
import { curves } from './curve.ts'
import { shape } from './shape.ts'

/** In CSS pixels. */
const WIDTH = 180
const HEIGHT = 18

/** Good and bad news have a sign and a word, besides their colours. */
const VERDICTS: Readonly<Record<ShownDifference['verdict'], readonly [text: string, kind: string]>> = {
  better: ['\u25B2 better', 'good'],
  worse: ['\u25BC worse', 'bad'],
  different: ['\u2022 different', ''],
  same: ['= cannot be told from chance', 'soft'],
  'one run': ['? one run only', 'soft'],
}

export function answer(shown: ShownComparison): HTMLElement {
  const { title, seeds, base, sentences, warnings, variants, curve, all, notes } = shown
  const runs = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} runs, seeds ${seeds[0]} to ${seeds.at(-1)}`
  return element(
    'section',
    { id: 'answer' },
    element('h1', {}, title),
    element('p', { class: 'soft' }, runs),
    ...sentences.map((sentence) => element('p', { class: 'sentence' }, sentence)),
    ...warnings.map((warning) => element('p', { class: 'warning', role: 'note' }, `\u26A0 ${warning}`)),
    curve ? curves(curve) : undefined,
    ...variants.map(({ name, differences }) => differenceTables(name, base, differences)),
    allFigures(all),
    ...notes.map((note) => element('p', { class: 'soft' }, note)),
  )
}

/** Every figure of every variant, on demand; at once, if there is nothing to compare. */
function allFigures({ names, figures }: ShownComparison['all']): HTMLElement {
  const heads = ['Figure', ...names].map((text) => element('th', { scope: 'col' }, text))
  const rows = figures.map(({ label, values }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, label),
      ...values.map((value) => element('td', { class: 'number' }, value)),
    ),
  )
  const table = element(
    'div',
    { class: 'wide' },
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows)),
  )
  const open = names.length === 1 ? { open: '' } : {}
  return element(
    'details',
    { id: 'all-figures', ...open },
    element('summary', {}, `All ${figures.length} figures, with their 95 % intervals`),
    table,
  )
}

/** The figures that differ; the others on demand. */
function differenceTables(name: string, base: string, differences: readonly ShownDifference[]): HTMLElement {
  const shown = differences.filter(({ verdict }) => verdict !== 'same')
  const others = differences.filter(({ verdict }) => verdict === 'same')
  return element(
    'div',
    {},
    element('h2', {}, `${name}, compared with ${base}`),
    shown.length === 0 ? element('p', {}, 'No figure differs.') : tableOf(shown, base, name),
    others.length === 0
      ? undefined
      : element(
          'details',
          {},
          element('summary', {}, `${others.length} figures that do not differ`),
          tableOf(others, base, name),
        ),
  )
}

function tableOf(differences: readonly ShownDifference[], base: string, name: string): HTMLElement {
  const heads = ['Figure', 'Difference', 'Its interval, and zero', '', base, name].map((text) =>
    element('th', { scope: 'col' }, text),
  )
  const rows = differences.map((each) => {
    const [text, kind] = VERDICTS[each.verdict]
    const picture = element('td', {})
    picture.append(interval(each, kind))
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, each.label),
      element('td', { class: 'number' }, each.difference),
      picture,
      element('td', { class: kind }, text),
      ...[each.base, each.own].map((cell) => element('td', { class: 'number' }, cell)),
    )
  })
  return element(
    'div',
    { class: 'wide' },
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows)),
  )
}

/** A line from the lower to the upper bound, a dot at the mean, and a stroke at zero. Each row has its own scale. */
function interval({ mean, low, high, difference }: ShownDifference, kind: string): SVGElement {
  const reach = Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE)
  const at = (value: number) => WIDTH / 2 + (value / reach) * (WIDTH / 2 - 6)
  const middle = HEIGHT / 2
  const lines = [
    shape('line', { class: 'zero', x1: WIDTH / 2, x2: WIDTH / 2, y1: 1, y2: HEIGHT - 1 }),
    shape('line', { class: 'reach', x1: at(low), x2: at(high), y1: middle, y2: middle }),
    shape('circle', { cx: at(mean), cy: middle, r: 4 }),
  ]
  const box = shape('svg', {
    class: `interval ${kind}`,
    width: WIDTH,
    height: HEIGHT,
    role: 'img',
    'aria-label': difference,
  })
  box.append(...lines)
  return box
}
