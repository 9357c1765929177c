/** The agents as rows. Only visible rows have elements, so that thousands of agents cost no more than a screenful. */
import { button, element } from '../../../pages/browser/dom.ts'
import type { BoardAgent } from '../protocol.ts'
import type { Filters } from './filters.ts'
import type { Model } from './model.ts'
import { Places } from './places.ts'
import { Row } from './row.ts'

/** Pixels. The style sheet has the same values; on a narrow screen a line is higher if its words need it. */
const ROW = 54
const CARD_HEAD = 46
const CARD_LINE = 56
/** Additional rows above and below, for quick scrolling. */
const BEYOND = 6

const NARROW = matchMedia('(max-width: 700px)')

export class Grid {
  readonly node = element('div', { class: 'grid', role: 'grid', 'aria-label': 'Agents and their media' })
  readonly #head = element('div', { class: 'row heads', role: 'row', 'aria-rowindex': 1 })
  readonly #body = element('div', { class: 'body', role: 'rowgroup' })
  readonly #none = element('p', { class: 'nobody' }, 'No agent matches the filters.')
  readonly #model: Model
  readonly #sort: (by: string) => void
  readonly #act: (agent: BoardAgent) => void
  readonly #rows = new Map<string, Row>()
  readonly #places = new Places()
  #width = 0
  #shown: readonly BoardAgent[] = []
  #columns = ''
  #isDue = false
  /** The row and the column that the arrow keys have selected. */
  #at = { row: 0, column: 0 }

  /** `act`: opens what a supervisor may do with an agent. */
  constructor(model: Model, sort: (by: string) => void, act: (agent: BoardAgent) => void) {
    this.#model = model
    this.#sort = sort
    this.#act = act
    this.node.append(this.#head, this.#body, this.#none)
    this.node.addEventListener('scroll', () => this.#later(), { passive: true })
    this.node.addEventListener('keydown', (event) => this.#key(event))
    this.node.addEventListener('focusin', ({ target }) => this.#follow(target))
    new ResizeObserver(() => this.#later()).observe(this.node)
    NARROW.addEventListener('change', () => this.#later())
  }

  show(shown: readonly BoardAgent[], filters: Filters): void {
    this.#shown = shown
    this.#showHeads(filters)
    this.#none.hidden = shown.length > 0
    this.node.setAttribute('aria-rowcount', String(shown.length + 1))
    this.#later()
  }

  tick(now: number): void {
    for (const row of this.#rows.values()) row.tick(now)
    if (NARROW.matches) this.#later()
  }

  /** If the columns change, all rows are made again. */
  #showHeads({ sort, mrd }: Filters): void {
    const mrds = this.#model.head?.mrds ?? []
    const columns = JSON.stringify([mrds, this.#model.head?.hasInspector, this.#model.head?.viewer.role])
    if (columns !== this.#columns) {
      this.#columns = columns
      for (const row of this.#rows.values()) row.node.remove()
      this.#rows.clear()
      this.node.style.setProperty('--columns', String(mrds.length))
    }
    this.node.dataset.mrd = mrd
    const head = (id: string, name: string, help: string) => {
      const isSorted = id === sort
      const cell = element('div', { role: 'columnheader', 'aria-sort': isSorted ? 'ascending' : 'none' })
      cell.append(button(isSorted ? `${name} ▾` : name, help, () => this.#sort(id)))
      return cell
    }
    const who = head('name', 'Agent', 'Sort by name')
    who.append(...head('team', 'Team', 'Sort by team').childNodes)
    this.#head.replaceChildren(
      who,
      ...mrds.map(({ id, name }) => head(id, name, `${name}: the longest in their state first`)),
    )
  }

  #later(): void {
    if (this.#isDue) return
    this.#isDue = true
    requestAnimationFrame(() => {
      this.#isDue = false
      this.#render()
    })
  }

  get #rowHeight(): number {
    if (!NARROW.matches) return ROW
    return CARD_HEAD + Math.ceil((this.#model.head?.mrds.length ?? 0) / 2) * CARD_LINE
  }

  #render(): void {
    if (this.#width !== this.node.clientWidth) this.#places.forget()
    this.#width = this.node.clientWidth
    this.#lay()
    const { scrollTop, clientHeight } = this.node
    const first = Math.max(0, this.#places.at(scrollTop) - BEYOND)
    const last = Math.min(this.#shown.length, this.#places.at(scrollTop + clientHeight) + 1 + BEYOND)
    const wanted = new Set<string>()
    for (let index = first; index < last; index += 1) this.#place(index, wanted)
    // The row with the focus stays, because the focus would be lost otherwise.
    const focused = this.#shown[this.#at.row]
    if (focused && this.#rows.get(focused.id)?.node.contains(document.activeElement)) this.#place(this.#at.row, wanted)
    for (const [id, row] of this.#rows)
      if (!wanted.has(id)) {
        row.node.remove()
        this.#rows.delete(id)
      }
    if (NARROW.matches) this.#measure()
    this.#tabStop()
  }

  #lay(): void {
    this.#places.lay(
      this.#shown.map(({ id }) => id),
      this.#rowHeight,
    )
    this.#body.style.height = `${this.#places.end}px`
  }

  /** Moves rows whose neighbours have another height than was thought. What is in sight stays where it is. */
  #measure(): void {
    const heights = [...this.#rows].map(([id, { node }]) => [id, node.offsetHeight] as const)
    const news = heights.filter(([id, height]) => this.#places.measured(id, height))
    if (news.length === 0) return
    const at = this.#places.at(this.node.scrollTop)
    const within = this.node.scrollTop - this.#places.top(at)
    this.#lay()
    for (const [index, { id }] of this.#shown.entries()) {
      const row = this.#rows.get(id)
      if (row) this.#move(row, index)
    }
    this.node.scrollTop = this.#places.top(at) + within
  }

  #move(row: Row, index: number): void {
    row.node.style.transform = `translateY(${this.#places.top(index)}px)`
  }

  #place(index: number, wanted: Set<string>): void {
    const agent = this.#shown[index]
    if (!agent) return
    wanted.add(agent.id)
    const row = this.#rows.get(agent.id) ?? new Row(this.#model, this.#act)
    this.#rows.set(agent.id, row)
    row.show(agent, this.#model)
    row.tick(this.#model.now())
    this.#move(row, index)
    row.node.setAttribute('aria-rowindex', String(index + 2))
    if (!row.node.isConnected) this.#body.append(row.node)
  }

  // ------------------------------------------------------------------------------------------------ keyboard

  /** The whole grid is one tab stop; the arrow keys move it. */
  #tabStop(): void {
    this.#at.row = Math.min(this.#at.row, Math.max(0, this.#shown.length - 1))
    for (const [id, row] of this.#rows) {
      const isHere = this.#shown[this.#at.row]?.id === id
      for (const [column, stop] of row.stops.entries()) stop.tabIndex = isHere && column === this.#at.column ? 0 : -1
    }
  }

  #follow(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement)) return
    const id = target.closest<HTMLElement>('[data-user]')?.dataset.user
    const row = this.#shown.findIndex((agent) => agent.id === id)
    const column = id === undefined ? -1 : (this.#rows.get(id)?.stops.indexOf(target) ?? -1)
    if (row < 0 || column < 0) return
    this.#at = { row, column }
    this.#tabStop()
  }

  #key(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || !event.target.closest('[data-user]')) return
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.#rowHeight) - 1)
    const last = this.#shown.length - 1
    const columns = this.#model.head?.mrds.length ?? 0
    const { row, column } = this.#at
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? last : row, columns],
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    const within = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(0, most))
    this.#go(within(move[0], last), within(move[1], columns))
  }

  #go(row: number, column: number): void {
    this.#at = { row, column }
    const [top, end] = [this.#places.top(row), this.#places.top(row + 1)]
    if (top < this.node.scrollTop) this.node.scrollTop = top
    const room = this.node.clientHeight - this.#head.offsetHeight
    if (end > this.node.scrollTop + room) this.node.scrollTop = end - room
    this.#render()
    const id = this.#shown[row]?.id
    if (id !== undefined) this.#rows.get(id)?.stops[column]?.focus()
  }
}
