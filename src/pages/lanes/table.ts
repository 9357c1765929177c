/** The lanes as a table, for users who cannot see the chart, and for exact times. */

import { button, element } from '../browser/dom.ts'
import { lookOf } from '../states.ts'
import { count, duration, exact } from './format.ts'
import { rowsOf } from './rows.ts'
import type { LaneResult } from './spans.ts'

/** Rows per page. */
const PAGE = 500

type Line = readonly string[]

const HEADS = ['Agent', 'Track', 'Dialog', 'State', 'From', 'To', 'Duration', 'Disposition']

interface Given {
  readonly result: LaneResult
  readonly isHidden: (state: string) => boolean
  /** The text of a time. Default: `h:mm:ss.mmm` since the start. */
  readonly label?: (ms: number) => string
}

function linesOf({ result, isHidden, label = exact }: Given, search: string): readonly Line[] {
  return rowsOf(result, search).flatMap(({ agent, name, pieces }) =>
    pieces
      .filter(({ state, from, to }) => to > from && !isHidden(state))
      .map(({ state, from, to, handling }) => [
        `${agent.name} (${agent.user})`,
        name,
        handling?.dialog ?? '',
        lookOf(state).label === state ? state : `${lookOf(state).label} (${state})`,
        label(from),
        label(to),
        duration(to - from),
        handling?.dispositionCode ?? '',
      ]),
  )
}

/** The table is filled when it is opened, a page at a time. */
export class LaneTable {
  readonly host: HTMLDetailsElement
  #given: Given
  readonly #body = element('tbody')
  readonly #place = element('span', { 'aria-live': 'polite' })
  readonly #back = button('Previous', 'Previous rows', () => this.#turn(-1))
  readonly #on = button('Next', 'Next rows', () => this.#turn(1))
  #search = ''
  #page = 0

  /** `caption`: what the table shows. */
  constructor(given: Given, caption: string) {
    this.#given = given
    const heads = HEADS.map((head) => element('th', { scope: 'col' }, head))
    this.host = element(
      'details',
      { class: 'lane-table' },
      element('summary', {}, 'Lanes as a table'),
      element('div', { class: 'tools' }, this.#back, this.#on, this.#place),
      element(
        'div',
        { class: 'wide' },
        element(
          'table',
          {},
          element('caption', {}, caption),
          element('thead', {}, element('tr', {}, ...heads)),
          this.#body,
        ),
      ),
    )
    this.host.addEventListener('toggle', () => this.fill())
  }

  search(text: string): void {
    this.#search = text
    this.#page = 0
  }

  /** Shows a newer result. */
  replace(result: LaneResult): void {
    this.#given = { ...this.#given, result }
    this.fill()
  }

  /** Does nothing while the table is closed. */
  fill(): void {
    if (!this.host.open) return
    const lines = linesOf(this.#given, this.#search)
    this.#page = Math.min(this.#page, Math.max(0, Math.ceil(lines.length / PAGE) - 1))
    const start = this.#page * PAGE
    const seen = lines.slice(start, start + PAGE)
    const rows = seen.map((line) =>
      element('tr', {}, ...line.map((text, column) => element(column === 0 ? 'th' : 'td', scopeOf(column), text))),
    )
    this.#body.replaceChildren(...rows)
    const first = seen.length === 0 ? 0 : start + 1
    this.#place.textContent = `${count(first)} to ${count(start + seen.length)} of ${count(lines.length)}`
    this.#back.disabled = this.#page === 0
    this.#on.disabled = start + PAGE >= lines.length
  }

  #turn(by: number): void {
    this.#page += by
    this.fill()
  }
}

function scopeOf(column: number) {
  return { scope: column === 0 ? 'row' : undefined }
}
