/** The summary above the agents: how many tasks wait in each queue and for how long, and the agents in each state. */
import { element } from '../../../pages/browser/dom.ts'
import { STATES } from '../../../pages/states.ts'
import { Chip, wordOf } from './chip.ts'
import { type Filters, isConcerned } from './filters.ts'
import { countOf, durationOf } from './format.ts'
import { cellOf, type Model } from './model.ts'

/** The MRD of voice. Its card shows all queues of calls together. */
const VOICE = '1'

const ORDER = Object.keys(STATES)

export class Summary {
  readonly node = element('div', { class: 'summary' })
  readonly #model: Model
  readonly #choose: (mrd: string, state: string) => void
  readonly #cards = new Map<string, Card>()

  /** `choose` is called to show only agents with this state in this medium, or with `''` to show all again. */
  constructor(model: Model, choose: (mrd: string, state: string) => void) {
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
      )
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
  readonly #mrd: string
  readonly #choose: (mrd: string, state: string) => void
  readonly #name = element('h2')
  readonly #queue = element('p', { class: 'queue' })
  readonly #states = element('div', { class: 'states' })
  readonly #buttons = new Map<string, { readonly button: HTMLButtonElement; readonly chip: Chip }>()

  constructor(mrd: string, choose: (mrd: string, state: string) => void) {
    this.#mrd = mrd
    this.#choose = choose
    this.node.dataset.mrd = mrd
    this.node.append(this.#name, this.#queue, this.#states)
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

  showQueue(queue: Queue | undefined, now: number): void {
    this.#queue.hidden = queue === undefined
    if (!queue) return
    const { waiting, reserved, oldestQueuedAt } = queue
    const [what, withAgents] =
      this.#mrd === VOICE ? ['Calls in the queues', 'ringing'] : ['Tasks in the queue', 'with agents']
    const parts = [
      `${waiting} waiting`,
      ...(oldestQueuedAt === null ? [] : [`longest ${durationOf(oldestQueuedAt, now)}`]),
      ...(reserved > 0 ? [`${reserved} ${withAgents}`] : []),
    ]
    this.#queue.textContent = parts.join(' · ')
    this.#queue.classList.toggle('waits', waiting > 0)
    const offered = this.#mrd === VOICE ? `${reserved} at an agent` : `${reserved} offered to an agent or with one`
    this.#queue.title = `${what}: ${countOf(waiting, 'waits', 'wait')}, ${offered}`
  }

  #buttonOf(state: string) {
    const known = this.#buttons.get(state)
    if (known) return known
    const chip = new Chip()
    const button = element('button', { type: 'button', class: 'state' })
    button.append(chip.node)
    button.addEventListener('click', () => {
      const isChosen = button.getAttribute('aria-pressed') === 'true'
      this.#choose(isChosen ? '' : this.#mrd, isChosen ? '' : state)
    })
    const made = { button, chip }
    this.#buttons.set(state, made)
    return made
  }
}
