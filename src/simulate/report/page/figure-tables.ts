/** Tables of figures. One result: a row per subject. Several results: a column per result, with differences. */
import { element } from '../../../pages/browser/dom.ts'
import { difference } from '../../../pages/lanes/format.ts'
import type { Figure, Subject } from './figures.ts'

const NOTHING = '\u2013'

interface Given<Of> {
  readonly caption: string
  /** The kind of the subjects; `''` when there is only one, without a name. */
  readonly head: string
  readonly subjects: readonly Subject<Of>[]
  readonly figures: readonly Figure<Of>[]
  /** Names of the results. */
  readonly results: readonly string[]
}

function number(text: string, kind = 'number'): HTMLTableCellElement {
  return element('td', { class: kind }, text)
}

function columnHead(text: string, kind?: string): HTMLTableCellElement {
  return element('th', { scope: 'col', class: kind }, text)
}

function simple<Of>({ head, subjects, figures }: Given<Of>): readonly HTMLElement[] {
  const isNamed = head !== ''
  const heads = [...(isNamed ? [columnHead(head)] : []), ...figures.map(({ label }) => columnHead(label, 'number'))]
  const rows = subjects.map(({ name, of: [only] }) =>
    element(
      'tr',
      {},
      isNamed ? element('th', { scope: 'row' }, name) : undefined,
      ...figures.map(({ value, show }) => {
        const found = only && value(only)
        return number(found === undefined ? NOTHING : show(found))
      }),
    ),
  )
  return [element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows)]
}

/** Rows of figures that do not differ. The page hides them until they are asked for. */
const SAME = 'same'
const isNone = (text: string) => text === '=' || text === NOTHING

function comparedRow<Of>({ label, value, show }: Figure<Of>, of: Subject<Of>['of']): HTMLElement {
  const values = of.map((each) => each && value(each))
  const [base] = values
  const differences = values.map((found) =>
    found !== undefined && base !== undefined ? difference(found, base, show) : NOTHING,
  )
  const cells = values.flatMap((found, index) => {
    const cell = number(found === undefined ? NOTHING : show(found))
    return index === 0 ? [cell] : [cell, number(differences[index] ?? NOTHING, 'difference')]
  })
  const isSame = new Set(values.map((value) => value === undefined)).size === 1 && differences.every(isNone)
  return element('tr', { class: isSame ? SAME : undefined }, element('th', { scope: 'row' }, label), ...cells)
}

function compared<Of>({ head, subjects, figures, results }: Given<Of>): readonly HTMLElement[] {
  const heads = results.flatMap((name, index) =>
    index === 0 ? [columnHead(name, 'number')] : [columnHead(name, 'number'), columnHead('Difference to A', 'number')],
  )
  const width = heads.length + 1
  const bodies = subjects.map(({ name, of }) => {
    const rows = figures.map((figure) => comparedRow(figure, of))
    return element(
      'tbody',
      { class: rows.every((row) => row.classList.contains(SAME)) ? SAME : undefined },
      head !== ''
        ? element('tr', { class: 'group' }, element('th', { scope: 'rowgroup', colspan: width }, name))
        : undefined,
      ...rows,
    )
  })
  return [element('thead', {}, element('tr', {}, columnHead(head || 'Figure'), ...heads)), ...bodies]
}

export function figureTable<Of>(given: Given<Of>): HTMLElement {
  const parts = given.results.length === 1 ? simple(given) : compared(given)
  return element('div', { class: 'wide' }, element('table', {}, element('caption', {}, given.caption), ...parts))
}
