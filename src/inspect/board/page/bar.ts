/** The bar at the top: connection, sides, the viewer, filters. */
import { button, element } from '../../../pages/browser/dom.ts'
import { lookOf, STATES } from '../../../pages/states.ts'
import { type Filters, LATE, NO_FILTERS } from './filters.ts'
import { countOf } from './format.ts'
import type { Model } from './model.ts'
import type { Connection } from './stream.ts'

const CONNECTION: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  open: 'Live',
  lost: 'Connection lost; trying again. What you see is from before.',
}

export interface BarEvents {
  filter(change: Partial<Filters>): void
  signOut(): void
  /** Writes a message to a team. */
  message(): void
  /** Shows the links of wallboards. */
  kiosks(): void
  /** Saves the agents that are shown as CSV. */
  save(): void
}

/** The options of a filter: value and text. */
type Choices = readonly (readonly [string, string])[]

export class Bar {
  readonly node = element('header', { class: 'bar' })
  readonly #connection = element('span', { class: 'connection', role: 'status' })
  readonly #sides = element('span', { class: 'sides' })
  readonly #who = element('span', { class: 'who-looks' })
  readonly #count = element('span', { class: 'count', 'aria-live': 'polite' })
  readonly #search = element('input', { type: 'search', placeholder: 'Name or id', 'aria-label': 'Search agents' })
  readonly #team = element('select', { 'aria-label': 'Team' })
  readonly #mrd = element('select', { 'aria-label': 'Medium' })
  readonly #state = element('select', { 'aria-label': 'State' })
  readonly #clear: HTMLButtonElement
  readonly #late: HTMLButtonElement
  readonly #signOut: HTMLButtonElement
  readonly #kiosks: HTMLButtonElement
  readonly #message: HTMLButtonElement
  #isSortedByLate = false
  readonly #model: Model

  constructor(model: Model, events: BarEvents) {
    this.#model = model
    this.#clear = button('Show all', 'Remove all filters', () => events.filter({ ...NO_FILTERS }))
    this.#search.addEventListener('input', () => events.filter({ search: this.#search.value }))
    this.#team.addEventListener('change', () => events.filter({ team: this.#team.value }))
    this.#mrd.addEventListener('change', () => events.filter({ mrd: this.#mrd.value }))
    this.#state.addEventListener('change', () => events.filter({ state: this.#state.value }))
    this.#late = button('', 'Show first who is in a state for too long', () =>
      events.filter({ sort: this.#isSortedByLate ? NO_FILTERS.sort : LATE }),
    )
    this.#late.className = 'over'
    const csv = button('CSV', 'Save the agents that are shown as CSV', () => events.save())
    const title = element('div', { class: 'title' }, element('h1', {}, 'mrdian board'), this.#connection, this.#sides)
    this.#signOut = button('Sign out', 'Sign out of board and viewer', () => events.signOut())
    this.#message = button('Message', 'Write a message to a team', () => events.message())
    this.#kiosks = button('Wallboards', 'Links for wallboards', () => events.kiosks())
    const me = element('div', { class: 'me' }, this.#who, this.#message, this.#kiosks, this.#signOut)
    const filters = element('div', { class: 'filters', role: 'search' })
    filters.append(this.#search, this.#team, this.#mrd, this.#state, this.#clear, this.#late, this.#count, csv)
    this.node.append(title, me, filters)
  }

  /** `way`: how the page sees the server, if not directly. */
  connection(state: Connection, way: string): void {
    this.#connection.dataset.connection = state
    this.#connection.textContent = state === 'open' && way !== '' ? `${CONNECTION.open}, ${way}` : CONNECTION[state]
  }

  /** The key `/` calls this. */
  focusSearch(): void {
    this.#search.focus()
    this.#search.select()
  }

  show(filters: Filters, shown: number): void {
    const { head, sides, agents } = this.#model
    if (!head) return
    this.tick(this.#model.now(), filters)
    const { mayAct, viewer } = head
    const { id, role } = viewer
    this.#who.textContent = role === 'kiosk' ? 'Wallboard, read only' : `${id}, ${role}`
    this.#signOut.hidden = role === 'kiosk'
    this.#message.hidden = !mayAct
    this.#kiosks.hidden = role !== 'administrator'
    const out = sides.filter(({ status }) => status !== 'IN_SERVICE')
    const isPlain = sides.length < 2 && out.length === 0
    this.#sides.hidden = isPlain
    this.#sides.classList.toggle('out', out.length > 0)
    this.#sides.textContent = sides
      .map(({ side, status, reason }) => {
        const text = status === 'IN_SERVICE' ? 'in service' : 'OUT OF SERVICE'
        return `Side ${side} ${text}${reason === '' ? '' : ` (${reason})`}`
      })
      .join(' · ')
    if (this.#search.value !== filters.search) this.#search.value = filters.search
    choices(this.#team, [['', 'All teams'], ...head.teams.map(({ id, name }) => [id, name] as const)], filters.team)
    choices(this.#mrd, [['', 'All media'], ...head.mrds.map(({ id, name }) => [id, name] as const)], filters.mrd)
    choices(this.#state, [['', 'All states'], ...this.#states()], filters.state)
    const { sort: _, ...narrowing } = filters
    this.#clear.hidden = Object.values(narrowing).every((value) => value === '')
    const all = countOf(agents.size, 'agent', 'agents')
    this.#count.textContent = shown === agents.size ? all : `${shown} of ${all}`
  }

  /** How many agents are in a state for too long. A click brings them first. */
  tick(now: number, { sort }: Filters): void {
    const late = [...this.#model.agents.values()].filter((agent) => this.#model.overdue(agent, now) > 0).length
    this.#isSortedByLate = sort === LATE
    this.#late.hidden = late === 0 && !this.#isSortedByLate
    this.#late.setAttribute('aria-pressed', String(this.#isSortedByLate))
    const text = `\u26A0 ${countOf(late, 'agent', 'agents')} over the limit`
    if (this.#late.textContent !== text) this.#late.textContent = text
  }

  #states(): Choices {
    const seen = new Set(
      [...this.#model.agents.values()].flatMap(({ cells }) => Object.values(cells).map(({ state }) => state)),
    )
    const known = Object.keys(STATES).filter((state) => seen.has(state))
    return known.map((state) => [state, lookOf(state).label] as const)
  }
}

/** Changes the list only if its options differ, because a change closes an open list. Keeps the chosen option. */
function choices(select: HTMLSelectElement, wanted: Choices, chosen: string): void {
  const all = wanted.some(([value]) => value === chosen) ? wanted : [...wanted, [chosen, lookOf(chosen).label] as const]
  const before = [...select.options].map(({ value, text }) => [value, text])
  if (JSON.stringify(before) !== JSON.stringify(all))
    select.replaceChildren(...all.map(([value, text]) => element('option', { value }, text)))
  if (select.value !== chosen) select.value = chosen
}
