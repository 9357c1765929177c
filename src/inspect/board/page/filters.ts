/** The filters and the order of the agents. They are in the address of the page, so that a view can be shared. */
import type { BoardAgent, BoardCell } from '../protocol.ts'
import { cellOf, type Model } from './model.ts'

export interface Filters {
  readonly search: string
  /** Ids; `''` means all. */
  readonly team: string
  readonly mrd: string
  readonly state: string
  /** Only agents who may not get a contact of `mrd`, for this reason. */
  readonly why: string
  /**
   * `name`, `team`, `late`, or an MRD. For an MRD, agents who are in their state for the longest time come first; for
   * `late`, those who are over the limit of their state by the most.
   */
  readonly sort: string
}

export const NO_FILTERS: Filters = { search: '', team: '', mrd: '', state: '', why: '', sort: 'name' }

const KEYS = ['search', 'team', 'mrd', 'state', 'why', 'sort'] as const

export function filtersOf(hash: string): Filters {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  return {
    ...NO_FILTERS,
    ...Object.fromEntries(KEYS.flatMap((key) => (given.has(key) ? [[key, given.get(key)]] : []))),
  }
}

/** `kiosk`: the secret of a wallboard, which stays in its address, so that a reload finds it. */
export function hashOf(filters: Filters, kiosk = ''): string {
  const changed = KEYS.filter((key) => filters[key] !== NO_FILTERS[key]).map((key) => [key, filters[key]])
  return new URLSearchParams([...(kiosk === '' ? [] : [['kiosk', kiosk]]), ...changed]).toString()
}

/** The secret of a wallboard, if the page was opened by its link. */
export const kioskIn = (hash: string): string => new URLSearchParams(hash.replace(/^#/, '')).get('kiosk') ?? ''

/** Filters by team and search only. The summary counts these agents. */
export function isConcerned({ id, name, loginName, team }: BoardAgent, filters: Filters): boolean {
  if (filters.team !== '' && filters.team !== team) return false
  const text = `${id} ${name} ${loginName}`.toLowerCase()
  return filters.search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function isInState(agent: BoardAgent, { mrd, state, why }: Filters): boolean {
  const cells = mrd === '' ? Object.values(agent.cells) : [cellOf(agent, mrd)]
  return cells.some(
    (cell) => cell !== undefined && (state === '' || cell.state === state) && (why === '' || whyOf(cell) === why),
  )
}

/** Why the agent may not get a contact, as the filter names it: the reason, and the MRDs of the work that holds. */
export const whyOf = ({ prevented }: BoardCell): string =>
  prevented === undefined ? '' : [prevented.why, ...(prevented.heldBy ?? [])].join(' ')

export function shownOf(model: Model, filters: Filters): readonly BoardAgent[] {
  return [...model.agents.values()]
    .filter((agent) => isConcerned(agent, filters) && isInState(agent, filters))
    .sort(orderOf(model, filters.sort))
}

/** The order in which agents who are in a state for too long come first. */
export const LATE = 'late'

const NAMES = new Intl.Collator(undefined, { numeric: true })

function orderOf(model: Model, sort: string): (a: BoardAgent, b: BoardAgent) => number {
  const byName = (a: BoardAgent, b: BoardAgent) => NAMES.compare(a.name, b.name) || NAMES.compare(a.id, b.id)
  if (sort === 'name') return byName
  if (sort === 'team') return (a, b) => NAMES.compare(model.teamName(a.team), model.teamName(b.team)) || byName(a, b)
  if (sort === LATE) {
    const now = model.now()
    return (a, b) => model.overdue(b, now) - model.overdue(a, now) || byName(a, b)
  }
  const since = (agent: BoardAgent) => cellOf(agent, sort)?.since ?? Number.POSITIVE_INFINITY
  return (a, b) => (since(a) === since(b) ? byName(a, b) : since(a) - since(b))
}
