/** Reads what desktops read at their sign-in: reason codes, wrap-up reasons, layouts, phone books, ECC variables. */
import { defaultLayout } from '../../directory/index.ts'
import { at, type Content, childrenOf, idOf, textAt } from './elements.ts'
import type { ImportedTeam, Section, Teams } from './model.ts'
import type { Source } from './source.ts'

/** Ids of the objects of one kind that each team has, by team. */
export type OfTeams = ReadonlyMap<string, ReadonlySet<string>>

/** Which objects a team has, by `TeamResource`. Empty if the server does not tell. */
export async function readOfTeams(
  source: Source,
  teams: readonly ImportedTeam[],
  resource: string,
  singular: string,
): Promise<OfTeams> {
  const found = new Map<string, ReadonlySet<string>>()
  const [plural = ''] = resource.split('?')
  for (const { id } of teams) {
    const list = await source.get(`TeamResource/${encodeURIComponent(id)}/${resource}`, plural)
    if (list === undefined) return new Map()
    found.set(id, new Set(childrenOf(list, singular).map(idOf)))
  }
  return found
}

/** The teams that have an object. Without an answer of the server, and if all of them have it, all teams. */
export function teamsWith(id: string, ofTeams: OfTeams): Teams {
  const teams = [...ofTeams].flatMap(([team, ids]) => (ids.has(id) ? [team] : []))
  return teams.length === ofTeams.size ? {} : { teams }
}

const isForAll = (content: Content): boolean => textAt(content, 'forAll') === 'true'

/** Teams of an object that says whether it is for all. */
const teamsOf = (object: Content, ofTeams: OfTeams): Teams => (isForAll(object) ? {} : teamsWith(idOf(object), ofTeams))

/** Those of the system are left out, because every directory has them. */
export async function readReasonCodes(source: Source, teams: readonly ImportedTeam[]): Promise<Section> {
  const list = await source.get('ReasonCodes?category=ALL', 'ReasonCodes')
  const own = childrenOf(list, 'ReasonCode').filter((reason) => textAt(reason, 'systemCode') !== 'true')
  const ofTeams = own.every(isForAll)
    ? new Map()
    : await readOfTeams(source, teams, 'ReasonCodes?category=ALL', 'ReasonCode')
  return own.map((reason) => ({
    id: idOf(reason),
    category: textAt(reason, 'category'),
    code: Number(textAt(reason, 'code')),
    label: textAt(reason, 'label'),
    forAll: isForAll(reason),
    ...teamsOf(reason, ofTeams),
  }))
}

export async function readWrapUpReasons(source: Source, teams: readonly ImportedTeam[]): Promise<Section> {
  const reasons = childrenOf(await source.get('WrapUpReasons', 'WrapUpReasons'), 'WrapUpReason')
  const ofTeams = reasons.every(isForAll)
    ? new Map()
    : await readOfTeams(source, teams, 'WrapUpReasons', 'WrapUpReason')
  return reasons.map((reason) => ({
    id: idOf(reason),
    label: textAt(reason, 'label'),
    ...teamsOf(reason, ofTeams),
  }))
}

// ------------------------------------------------------------------------------------------------ layouts

const entryOf = (entry: Content) => ({
  displayName: textAt(entry, 'displayName'),
  mediaProperty: textAt(entry, 'mediaProperty'),
})

const layoutOf = (layout: Content) => ({
  id: idOf(layout),
  name: textAt(layout, 'name'),
  description: textAt(layout, 'description'),
  type: textAt(layout, 'type'),
  header: entryOf(at(layout, 'header', 'entry')),
  columns: childrenOf(layout, 'column').map((column) => childrenOf(column, 'entry').map(entryOf)),
})

/** The built-in default layout is left out, because a directory without a default layout has it. */
export async function readLayouts(source: Source): Promise<Section> {
  const builtIn = JSON.stringify(defaultLayout({}))
  const list = await source.get('MediaPropertiesLayouts', 'MediaPropertiesLayouts')
  const layouts = childrenOf(list, 'MediaPropertiesLayout').map(layoutOf)
  return layouts.filter((layout) => JSON.stringify(layout) !== builtIn)
}

// ------------------------------------------------------------------------------------------------ phone books

/** Contacts in one answer, as many as Finesse allows. */
const RANGE = 6000
/** No more requests than this for the contacts, whatever the server says. */
const MAX_RANGES = 20

const contactOf = (contact: Content) => ({
  firstName: textAt(contact, 'firstName'),
  lastName: textAt(contact, 'lastName'),
  phoneNumber: textAt(contact, 'phoneNumber'),
  description: textAt(contact, 'description'),
})

/** The books with their contacts, range by range. */
export async function readPhoneBooks(source: Source, teams: readonly ImportedTeam[]): Promise<Section> {
  const books = new Map<string, { readonly book: Content; readonly contacts: Content[] }>()
  for (let range = 0; range < MAX_RANGES; range += 1) {
    const objects = `objects=${range * RANGE + 1}-${(range + 1) * RANGE}`
    const found = await source.find('PhoneBooks', 'PhoneBooks', objects)
    for (const book of childrenOf(found?.content, 'PhoneBook')) {
      const known = books.get(idOf(book)) ?? { book, contacts: [] }
      known.contacts.push(...childrenOf(at(book, 'contacts'), 'Contact'))
      books.set(idOf(book), known)
    }
    // `objects 1-6000/6001`. Without a total there is no further range.
    const total = Number(found?.range.split('/').at(1) ?? 0)
    if (!(total > (range + 1) * RANGE)) break
  }
  const isGlobal = (book: Content) => textAt(book, 'type') !== 'TEAM'
  const all = [...books.values()]
  const ofTeams = all.every(({ book }) => isGlobal(book))
    ? new Map()
    : await readOfTeams(source, teams, 'PhoneBooks', 'PhoneBook')
  const entries: Record<string, unknown>[] = []
  for (const { book, contacts } of all)
    entries.push({
      id: idOf(book),
      name: textAt(book, 'name'),
      ...(isGlobal(book) ? {} : teamsWith(idOf(book), ofTeams)),
      contacts: (contacts.length > 0 ? contacts : await contactsAt(source, book)).map(contactOf),
    })
  return entries
}

/** The contacts of a book that is listed with their URI. */
async function contactsAt(source: Source, book: Content): Promise<readonly Content[]> {
  if (textAt(book, 'contacts') === '') return []
  return childrenOf(await source.get(`PhoneBook/${encodeURIComponent(idOf(book))}/Contacts`, 'Contacts'), 'Contact')
}

// ------------------------------------------------------------------------------------------------ ECC variables

/** An element of an array: `user.orders[0]`. */
const ELEMENT = /^(user\.[\w.]{1,64})\[(\d{1,3})\]$/

/** All texts in a value of JSON. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * The server lists an array like a scalar. A variable is an array if an element of it is used in `uses`; its size is
 * what these need.
 */
export async function readEccVariables(source: Source, uses: readonly Section[]): Promise<Section> {
  const sizes = new Map<string, number>()
  for (const text of textsIn(uses)) {
    const [, name, index] = ELEMENT.exec(text) ?? []
    if (name !== undefined) sizes.set(name, Math.max(sizes.get(name) ?? 0, Number(index) + 1))
  }
  const list = await source.get('ECCVariableConfig', 'ECCVariableConfig')
  return childrenOf(list, 'ECCVariable').map((variable) => {
    const name = textAt(variable, 'name')
    const size = sizes.get(name)
    return { name, length: Number(textAt(variable, 'length')), ...(size === undefined ? {} : { size }) }
  })
}
