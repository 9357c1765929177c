/** One agent: name, presence, and a cell per medium that links into the inspector. */
import { preventedWords } from '../../../engine/statistics/staffing-text.ts'
import { button, element } from '../../../pages/browser/dom.ts'
import { lookOf } from '../../../pages/states.ts'
import type { BoardAgent, BoardCell } from '../protocol.ts'
import { callsWords, legsLine, mobileWords } from './calls.ts'
import { Chip, wordOf } from './chip.ts'
import { countOf, durationOf } from './format.ts'
import { cellOf, type Model } from './model.ts'

const PRESENCE: Readonly<Record<string, { readonly sign: string; readonly text: string }>> = {
  PRESENT: { sign: '●', text: 'connected' },
  GRACE: { sign: '◐', text: 'connection lost' },
  UNKNOWN: { sign: '?', text: 'unknown' },
  ABSENT: { sign: '○', text: 'not connected' },
}

/** The link to this agent and medium in the viewer. */
export const linkOf = (user: string, mrd: string): string =>
  `/inspect/#/user/${encodeURIComponent(user)}?${new URLSearchParams({ mrd })}`

export class Row {
  readonly node = element('div', { class: 'row', role: 'row' })
  readonly #name: HTMLElement
  readonly #about = element('span', { class: 'about' })
  readonly #presence = element('span', { class: 'presence' })
  readonly #cells: readonly Cell[]
  #agent: BoardAgent | undefined

  /** `act`: opens what a supervisor may do with the agent. */
  constructor(model: Model, act: (agent: BoardAgent) => void) {
    const mayAct = model.head?.mayAct === true && model.head.viewer.role === 'supervisor'
    this.#name = mayAct ? button('', '', () => (this.#agent ? act(this.#agent) : undefined)) : element('span')
    this.#name.className = 'name'
    const head = element('div', { class: 'who', role: 'rowheader', tabindex: -1 })
    head.append(this.#presence, this.#name, this.#about)
    this.#cells = (model.head?.mrds ?? []).map(({ id, name }) => new Cell(id, name, model.head?.hasInspector ?? false))
    this.node.append(head, ...this.#cells.map(({ node }) => node))
  }

  /** The elements that the arrow keys can reach. */
  get stops(): readonly HTMLElement[] {
    return [...this.node.children].flatMap((child) => (child instanceof HTMLElement ? [stopOf(child)] : []))
  }

  show(agent: BoardAgent, model: Model): void {
    if (agent === this.#agent) return
    this.#agent = agent
    this.node.dataset.user = agent.id
    this.#name.textContent = agent.name
    if (this.#name instanceof HTMLButtonElement) {
      this.#name.title = `Change the state of ${agent.name}`
      this.#name.setAttribute('aria-label', `${agent.name}: change the state`)
    }
    this.#about.textContent = `${agent.id} · ${model.teamName(agent.team)}`
    const presence = PRESENCE[agent.presence[agent.side] ?? 'ABSENT']
    const hasSides = Object.keys(agent.presence).length > 1
    this.#presence.textContent = `${presence?.sign ?? '?'}${hasSides ? ` ${agent.side}` : ''}`
    this.#presence.dataset.presence = agent.presence[agent.side] ?? 'ABSENT'
    this.#presence.title = Object.entries(agent.presence)
      .map(([side, state]) => `side ${side}: ${PRESENCE[state]?.text ?? state}`)
      .join(', ')
    this.#presence.setAttribute('role', 'img')
    this.#presence.setAttribute('aria-label', this.#presence.title)
    for (const cell of this.#cells) cell.show(agent, model)
  }

  /** Updates the times. */
  tick(now: number): void {
    for (const cell of this.#cells) cell.tick(now)
  }
}

/** The link of a cell or the button of a name, else the cell itself. */
const stopOf = (node: HTMLElement): HTMLElement => node.querySelector<HTMLElement>('a:not([hidden]), button') ?? node

class Cell {
  readonly node: HTMLElement
  readonly #mrd: string
  readonly #name: string
  readonly #chip = new Chip()
  readonly #time = element('span', { class: 'time' })
  readonly #more = element('span', { class: 'more' })
  readonly #inner: HTMLElement
  #cell: BoardCell | undefined
  #model: Model | undefined

  constructor(mrd: string, name: string, isLink: boolean) {
    this.#mrd = mrd
    this.#name = name
    this.#inner = element(isLink ? 'a' : 'span', { class: 'cell' })
    this.#inner.append(this.#chip.node, this.#time, this.#more)
    this.node = element('div', { role: 'gridcell', 'data-label': name, 'data-mrd': mrd })
    this.node.append(this.#inner)
    for (const each of [this.node, this.#inner]) each.tabIndex = -1
  }

  show(agent: BoardAgent, model: Model): void {
    const cell = cellOf(agent, this.#mrd)
    this.#cell = cell
    this.#model = model
    this.#inner.hidden = cell === undefined
    this.node.classList.toggle('none', cell === undefined)
    if (!cell) return
    if (this.#chip.show(cell.state, wordOf(this.#mrd, cell.state))) this.#flash()
    if (this.#inner instanceof HTMLAnchorElement) this.#inner.href = linkOf(agent.id, this.#mrd)
    const more = moreOf(cell, model, model.now())
    this.#more.textContent = more
    this.#more.title = (cell.calls ?? []).map((call) => legsLine(call, agent.name)).join('\n')
    const text = [`${agent.name}, ${this.#name}: ${wordOf(this.#mrd, cell.state)}`, more].filter(Boolean).join(', ')
    this.#inner.setAttribute('aria-label', text)
    this.tick(model.now())
  }

  tick(now: number): void {
    if (!this.#cell) return
    const text = durationOf(this.#cell.since, now)
    const isLate = this.#model !== undefined && this.#model.cellOverdue(this.#cell, now) > 0
    const shown = isLate ? `\u26A0 ${text}` : text
    if (this.#time.textContent !== shown) this.#time.textContent = shown
    if (this.#time.classList.toggle('late', isLate)) this.#time.title = 'longer than the limit of this state'
    else this.#time.removeAttribute('title')
    // Several calls have times of their own.
    if (this.#model && (this.#cell.calls?.length ?? 0) > 1)
      this.#more.textContent = moreOf(this.#cell, this.#model, now)
  }

  /** Shows an animation once at a change. */
  #flash(): void {
    this.node.classList.remove('fresh')
    // Reading the size restarts the animation.
    void this.node.offsetWidth
    this.node.classList.add('fresh')
  }
}

/** Obstacles that the state and the other words of a cell do not show. */
const HIDDEN: readonly string[] = ['BUSY_ELSEWHERE', 'LINK_DOWN', 'PATH_DOWN']

function moreOf(cell: BoardCell, model: Model, now: number): string {
  const { state, dialogs, limit, reason, pending, notRoutable, calls, interruptedBy, prevented, mobile } = cell
  const tasks = limit === undefined || state === 'LOGOUT' ? [] : [`${dialogs} of ${countOf(limit, 'task', 'tasks')}`]
  return [
    ...callsWords(calls ?? [], now),
    ...(mobile === undefined ? [] : [mobileWords(mobile)]),
    ...tasks,
    ...(interruptedBy === undefined ? [] : [`by call ${interruptedBy.join(' and ')}`]),
    ...(reason === undefined ? [] : [reason]),
    ...(pending === undefined ? [] : [`then ${lookOf(pending).label.toLowerCase()}`]),
    ...(notRoutable ? ['not routable'] : []),
    ...(prevented && interruptedBy === undefined && HIDDEN.includes(prevented.why)
      ? [preventedWords({ heldBy: [], ...prevented }, (id) => model.mrdName(id))]
      : []),
  ].join(' · ')
}
