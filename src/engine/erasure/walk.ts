/** A walk through all stored data, in pieces of bounded size. */
import type { Aggregates } from '../aggregate/aggregates.ts'
import { inPieces } from '../pieces.ts'
import type { History, Json } from '../ports.ts'
import { offerLinks } from './offer-links.ts'
import { callOf, rowSightings, type Sighting, sightings } from './places.ts'

/** The data to walk through. */
export interface Kept {
  /** `undefined` if the store keeps only the current state. */
  readonly history: History | undefined
  /** The current states. */
  readonly aggregates: Aggregates
  /** Values in memory outside of the aggregates. */
  readonly others?: () => Iterable<Json>
}

/** A state or a row, with its sightings of contacts. */
export interface Look {
  /** Milliseconds since 1970 UTC; 0 for a state. */
  readonly at: number
  /** 0 for a state. */
  readonly position: number
  readonly sightings: readonly Sighting[]
  /** It only shows which ids belong together. */
  readonly isLink?: boolean
}

/** One piece of the walk, and the progress in rows. */
export interface Piece {
  readonly looks: readonly Look[]
  readonly seen: number
  readonly total: number
}

const ROWS = 250
const STATES = 8

/**
 * Walks through states and links first, then through the rows after position `from`, in order. These are enough: every
 * stored value is in a current state, in a stored row, or in the oldest stored snapshot of its aggregate. Other code
 * may run between two pieces. The walk includes rows that are added meanwhile.
 */
export async function* walk({ history, aggregates, others }: Kept, from = 0): AsyncGenerator<Piece> {
  const total = Math.max(0, (history?.lastPosition ?? 0) - from)
  for await (const piece of inPieces(oldestStates(history, aggregates), STATES)) yield { looks: piece, seen: 0, total }
  for await (const piece of inPieces(presentStates(aggregates), STATES)) yield { looks: piece, seen: 0, total }
  for (const value of others?.() ?? []) yield { looks: [lookAt(value)], seen: 0, total }
  if (!history) return
  for await (const links of offerLinks(history, aggregates)) yield { looks: links.map(linkAt), seen: 0, total }
  for (let position = from; ; ) {
    const looks = await rowsAfter(history, position)
    const last = looks.at(-1)
    if (!last) return
    position = last.position
    yield { looks, seen: position - from, total: Math.max(total, history.lastPosition - from) }
  }
}

/** Every piece has an iteration of its own, because an open one may hold something of the store. */
async function rowsAfter(history: History, position: number): Promise<readonly Look[]> {
  const looks: Look[] = []
  for await (const row of history.all(position)) {
    looks.push({ at: row.at, position: row.position, sightings: [...rowSightings(row)] })
    if (looks.length === ROWS) break
  }
  return looks
}

const linkAt = (ids: readonly string[]): Look => ({
  at: 0,
  position: 0,
  sightings: [{ ids, variables: [], callers: [] }],
  isLink: true,
})

const lookAt = (state: Json, owner = ''): Look => ({ at: 0, position: 0, sightings: [...sightings(state, owner)] })

/**
 * The oldest snapshots of all aggregates in memory. Aggregates that have ended are not necessary: their messages to
 * other aggregates had the values too, so the values are in rows.
 */
async function* oldestStates(history: History | undefined, aggregates: Aggregates): AsyncGenerator<Look> {
  if (!history) return
  for (const { id } of [...aggregates.values()]) {
    if (((await history.aggregate(id))?.from ?? 0) === 0) continue
    for await (const { state } of history.snapshots(id)) {
      yield lookAt(state, callOf(id))
      break
    }
  }
}

function* presentStates(aggregates: Aggregates): Generator<Look> {
  for (const { id, behaviour } of [...aggregates.values()]) yield lookAt(behaviour.persist(), callOf(id))
}
