/** Finds data whose retention is over: values of contacts that have ended, and names of agents who left. */
import { isSignedIn } from '../../../machines/index.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { UserBehaviour } from '../aggregate/user/behaviour.ts'
import { type Contact, Contacts } from './contacts.ts'
import { isPersonalText } from './erase.ts'
import { openThings } from './open.ts'
import { hasValues } from './search.ts'
import { type Kept, type Look, type Piece, walk } from './walk.ts'

/** The highest number of ids in one round. Further contacts wait for the next round. */
const IDS_MAX = 50_000

/** Contacts whose data have to be erased. */
export interface Expired {
  readonly ids: ReadonlySet<string>
  readonly contacts: number
  /** The next round begins after this position. */
  readonly watermark: number
  /** There are more contacts than one round can take. */
  readonly isMore: boolean
}

/**
 * Contacts that still have values, have no open task, dialog or call, and whose last row is older than `before` (ms).
 * `from`: the watermark of the previous round.
 */
export async function* expired(kept: Kept, before: number, from: number): AsyncGenerator<Piece, Expired> {
  const round = new Round(before, from)
  for await (const piece of walk(kept, from)) {
    for (const look of piece.looks) round.look(look)
    yield piece
  }
  return round.result(kept.aggregates)
}

class Round {
  readonly #contacts = new Contacts()
  readonly #before: number
  #last: number
  /** The first position that this round leaves to the next one. Times do not always grow with positions. */
  #unfinished = Number.POSITIVE_INFINITY
  #isMore = false

  constructor(before: number, from: number) {
    this.#before = before
    this.#last = from
  }

  look({ at, position, sightings, isLink = false }: Look): void {
    const isState = position === 0
    const isOld = isState || at < this.#before
    if (!isState) this.#last = position
    if (!isOld) this.#unfinished = Math.min(this.#unfinished, position)
    for (const sighting of sightings) {
      const values = hasValues(sighting)
      const isWanted = isOld && values && sighting.ids.length > 0
      const isFull = this.#contacts.size >= IDS_MAX && !this.#contacts.has(sighting.ids)
      if (isWanted && isFull && !isState) {
        this.#isMore = true
        this.#unfinished = Math.min(this.#unfinished, position)
      }
      this.#contacts.see(sighting, { at, position, hasValues: values }, isLink || (isWanted && !isFull))
    }
  }

  result(aggregates: Aggregates): Expired {
    const open = new Set([...openThings(aggregates)].flatMap((thing) => thing.ids))
    const isOver = ({ last, ids }: Contact) => last < this.#before && ![...ids].some((id) => open.has(id))
    const contacts = this.#contacts.all
    const over = contacts.filter((contact) => contact.places > 0 && isOver(contact))
    const others = contacts.filter((contact) => contact.places > 0 && !isOver(contact) && contact.firstPosition > 0)
    const unfinished = others.reduce((least, { firstPosition }) => Math.min(least, firstPosition), this.#unfinished)
    return {
      ids: new Set(over.flatMap((contact) => [...contact.ids])),
      contacts: over.length,
      watermark: Math.min(this.#last, unfinished - 1),
      isMore: this.#isMore,
    }
  }
}

/** Users with names who are not among `present`, are signed out, and whose last input is older than `before` (ms). */
export function formerAgents(aggregates: Aggregates, present: ReadonlySet<string>, before: number): readonly string[] {
  return [...aggregates.values()].flatMap((aggregate) => {
    const { behaviour, at } = aggregate
    if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) return []
    const { id, loginName, firstName, lastName } = behaviour.setup.profile
    if (present.has(id) || at >= before || isSignedIn(behaviour.snapshot)) return []
    return [loginName, firstName, lastName].some(isPersonalText) ? [id] : []
  })
}
