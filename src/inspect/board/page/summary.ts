/** The summary above the agents: how many tasks wait in each queue and for how long, and the agents in each state. */
import { type NameOf, preventedWords } from '../../../engine/statistics/staffing-text.ts'
import { button, element } from '../../../pages/browser/dom.ts'
import { STATES } from '../../../pages/states.ts'
import type { BoardCell } from '../protocol.ts'
import { Chip, wordOf } from './chip.ts'
import { DayChart } from './day-chart.ts'
import { type Filters, isConcerned, whyOf } from './filters.ts'
import { countOf, durationOf } from './format.ts'
import { cellOf, type Model } from './model.ts'

/** The MRD of voice. Its card shows all queues of calls together. */
const VOICE = '1'

const NONE = { mrd: '', state: '', why: '' }

const ORDER = Object.keys(STATES)

/** Shows only some agents of a medium: those in a state, or those who may not get a contact. `''` shows all again. */
export type Choose = (chosen: Pick<Filters, 'mrd' | 'state' | 'why'>) => void

export class Summary {
  readonly node = element('div', { class: 'summary' })
  readonly #model: Model
  readonly #choose: Choose
  readonly #cards = new Map<string, Card>()

  constructor(model: Model, choose: Choose) {
    this.#model = model
    this.#choose = choose
  }

  show(filters: Filters): void {
    const mrds = this.#model.head?.mrds ?? []
    for (const id of [...this.#cards.keys()]) if (!mrds.some((mrd) => mrd.id === id)) this.#cards.delete(id)
    for (const { id, name } of mrds) {
      const card = this.#cards.get(id) ?? new Card(id, this.#choose)
      this.#cards.set(id, card)
      card.show(name, this.#counts(id, filters), filters)
      card.day.show(name, this.#model.history[id], this.#model.now())
      card.showWhy(this.#staffing(id, filters), (mrd) => this.#model.mrdName(mrd), filters)
    }
    const nodes = mrds.flatMap(({ id }) => this.#cards.get(id)?.node ?? [])
    if (nodes.some((node, index) => node !== this.node.children[index]) || nodes.length !== this.node.children.length)
      this.node.replaceChildren(...nodes)
    this.tick(this.#model.now())
  }

  tick(now: number): void {
    for (const [mrd, card] of this.#cards)
      card.showQueue(
        this.#model.queues.find((queue) => queue.mrd === mrd),
        now,
        this.#model.waitLimit(mrd),
      )
  }

  /** The agents of a medium by why they may not get a contact: `''` for those who may. */
  #staffing(mrd: string, filters: Filters): ReadonlyMap<string, readonly BoardCell[]> {
    const groups = new Map<string, BoardCell[]>()
    for (const agent of this.#model.agents.values()) {
      const cell = cellOf(agent, mrd)
      if (cell === undefined || !isConcerned(agent, filters)) continue
      const why = whyOf(cell)
      groups.set(why, [...(groups.get(why) ?? []), cell])
    }
    return groups
  }

  #counts(mrd: string, filters: Filters): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const agent of this.#model.agents.values()) {
      const state = cellOf(agent, mrd)?.state
      if (state !== undefined && isConcerned(agent, filters)) counts.set(state, (counts.get(state) ?? 0) + 1)
    }
    return counts
  }
}

interface Queue {
  readonly waiting: number
  readonly reserved: number
  readonly oldestQueuedAt: number | null
}

class Card {
  readonly node = element('section', { class: 'card' })
  readonly day = new DayChart()
  readonly #mrd: string
  readonly #choose: Choose
  readonly #name = element('h2')
  readonly #queue = element('p', { class: 'queue' })
  /** How many contacts agents have. */
  readonly #busy = element('span', { class: 'busy' })
  readonly #states = element('div', { class: 'states' })
  readonly #why = element('div', { class: 'why' })
  readonly #buttons = new Map<string, { readonly button: HTMLButtonElement; readonly chip: Chip }>()

  constructor(mrd: string, choose: Choose) {
    this.#mrd = mrd
    this.#choose = choose
    this.node.dataset.mrd = mrd
    this.node.append(this.#name, this.#busy, this.#queue, this.#why, this.#states, this.day.node)
  }

  show(name: string, counts: ReadonlyMap<string, number>, { mrd, state }: Filters): void {
    this.#name.textContent = name
    const wanted = [...counts.keys()].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
    for (const each of wanted) {
      const { button, chip } = this.#buttonOf(each)
      const count = counts.get(each) ?? 0
      const isChosen = mrd === this.#mrd && state === each
      chip.show(each, `${wordOf(this.#mrd, each)} ${count}`)
      button.setAttribute('aria-pressed', String(isChosen))
      button.title = isChosen ? 'Show all states again' : `Show only these: ${each}`
    }
    const nodes = wanted.map((each) => this.#buttonOf(each).button)
    const { children } = this.#states
    if (nodes.length !== children.length || nodes.some((node, index) => node !== children[index]))
      this.#states.replaceChildren(...nodes)
  }

  /** Why contacts wait: how many agents are free, and what prevents the others. One click shows these agents. */
  showWhy(groups: ReadonlyMap<string, readonly BoardCell[]>, nameOf: NameOf, { mrd, why: chosen }: Filters): void {
    const free = groups.get('')?.length ?? 0
    // Those who are not signed in come last: they say least about the work that waits.
    const rank = (why: string) => (why === 'NOT_SIGNED_IN' ? 1 : 0)
    const others = [...groups]
      .filter(([why]) => why !== '')
      .sort(([a, some], [b, more]) => rank(a) - rank(b) || more.length - some.length)
    const buttons = others.map(([why, cells]) => {
      const isChosen = mrd === this.#mrd && chosen === why
      const prevented = cells[0]?.prevented
      const words = prevented === undefined ? why : preventedWords({ heldBy: [], ...prevented }, nameOf)
      const text = `${cells.length} ${words}`
      const node = button(text, `${text}: ${isChosen ? 'show all again' : 'show only these agents'}`, () =>
        this.#choose(isChosen ? NONE : { mrd: this.#mrd, state: '', why }),
      )
      node.setAttribute('aria-pressed', String(isChosen))
      return node
    })
    const text = free === 0 ? 'nobody is free' : `${free} free`
    const state = JSON.stringify([text, chosen, mrd, buttons.map(({ textContent }) => textContent)])
    if (this.#why.dataset.state === state) return
    this.#why.dataset.state = state
    this.#why.replaceChildren(element('span', {}, text), ...buttons)
  }

  /** `limit`: from when on a wait is marked, in ms. Without a limit every wait is. */
  showQueue(queue: Queue | undefined, now: number, limit: number | undefined): void {
    this.#queue.classList.toggle('empty', queue === undefined)
    if (!queue) return
    const { waiting, reserved, oldestQueuedAt } = queue
    const isLate = limit !== undefined && oldestQueuedAt !== null && now - oldestQueuedAt > limit
    const [what, withAgents] =
      this.#mrd === VOICE ? ['Calls in the queues', 'ringing'] : ['Tasks in the queue', 'with agents']
    const parts = [
      `${isLate ? '\u26A0 ' : ''}${waiting} waiting`,
      ...(oldestQueuedAt === null ? [] : [`longest ${durationOf(oldestQueuedAt, now)}`]),
    ]
    this.#queue.textContent = parts.join(' · ')
    this.#busy.textContent = reserved > 0 ? `${reserved} ${withAgents}` : ''
    const isMarked = limit === undefined ? waiting > 0 : isLate
    this.#queue.classList.toggle('waits', isMarked)
    this.node.classList.toggle('waits', isMarked)
    this.node.classList.toggle('late', isLate)
    const offered = this.#mrd === VOICE ? `${reserved} at an agent` : `${reserved} offered to an agent or with one`
    const late = isLate ? `, longer than ${durationOf(0, limit)}` : ''
    this.#queue.title = `${what}: ${countOf(waiting, 'waits', 'wait')}${late}, ${offered}`
  }

  #buttonOf(state: string) {
    const known = this.#buttons.get(state)
    if (known) return known
    const chip = new Chip()
    const button = element('button', { type: 'button', class: 'state' })
    button.append(chip.node)
    button.addEventListener('click', () => {
      const isChosen = button.getAttribute('aria-pressed') === 'true'
      this.#choose(isChosen ? NONE : { mrd: this.#mrd, state, why: '' })
    })
    const made = { button, chip }
    this.#buttons.set(state, made)
    return made
  }
}
