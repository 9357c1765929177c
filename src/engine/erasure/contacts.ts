/** Contacts of customers. A contact has all the ids that were found to belong together. */
import type { Sighting } from './places.ts'

/** A task with its dialogs and the tasks that replaced it, or a call. */
export interface Contact {
  readonly ids: Set<string>
  /** Times of the first and last stored row that names it (ms); 0 if only a state names it. */
  first: number
  last: number
  /** Position of the first row. */
  firstPosition: number
  /** Number of rows and states that contain values of it. */
  places: number
}

/** The row or state in which a contact was found. */
export interface Seen {
  readonly at: number
  readonly position: number
  readonly hasValues: boolean
}

export class Contacts {
  readonly #byId = new Map<string, Contact>()

  /** Every contact, once. */
  get all(): readonly Contact[] {
    return [...new Set(this.#byId.values())]
  }

  /** How many ids are known. */
  get size(): number {
    return this.#byId.size
  }

  /**
   * Adds a sighting to its contact, and merges contacts that it shows to be the same. If none of its ids is known, it
   * makes a new contact if `adopted`, and otherwise does nothing. Returns the contact.
   */
  see({ ids }: Pick<Sighting, 'ids'>, seen: Seen, adopted: boolean): Contact | undefined {
    const known = new Set(ids.flatMap((id) => this.#byId.get(id) ?? []))
    if (known.size === 0 && !adopted) return undefined
    const [first = { ids: new Set(), first: 0, last: 0, firstPosition: 0, places: 0 }, ...others] = known
    for (const other of others) merge(first, other)
    for (const id of ids) first.ids.add(id)
    for (const id of others.length > 0 ? first.ids : ids) this.#byId.set(id, first)
    note(first, seen)
    return first
  }

  /** Does one of these ids belong to a known contact? */
  has(ids: readonly string[]): boolean {
    return ids.some((id) => this.#byId.has(id))
  }

  /** Resets times and counts, but keeps the ids, so that the same rows can be read again. */
  countAnew(): void {
    for (const contact of this.all) Object.assign(contact, { first: 0, last: 0, firstPosition: 0, places: 0 })
  }
}

function note(contact: Contact, { at, position, hasValues }: Seen): void {
  if (hasValues) contact.places += 1
  if (position === 0) return
  if (contact.first === 0 || at < contact.first) contact.first = at
  if (contact.firstPosition === 0 || position < contact.firstPosition) contact.firstPosition = position
  contact.last = Math.max(contact.last, at)
}

function merge(into: Contact, other: Contact): void {
  for (const id of other.ids) into.ids.add(id)
  const earliest = (a: number, b: number) => (a === 0 || b === 0 ? a + b : Math.min(a, b))
  into.first = earliest(into.first, other.first)
  into.firstPosition = earliest(into.firstPosition, other.firstPosition)
  into.last = Math.max(into.last, other.last)
  into.places += other.places
}
