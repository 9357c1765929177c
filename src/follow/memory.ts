/**
 * What a follower keeps in its store beside the journal: whom it follows, so that it can start while its Finesse is
 * down, and when each user was proved last, so that it can say for how long nothing was heard.
 */
import type { Directory } from '../directory/model.ts'
import { parseDirectory } from '../directory/parse.ts'
import { isList, isObject } from '../engine/json.ts'
import type { Json, RecordStore } from '../engine/ports.ts'

/** Whom a follower follows, and what their Finesse tells of them. */
export interface KnownDirectory {
  readonly directory: Directory
  readonly users: readonly string[]
  /** The directory as the text of a directory file. */
  readonly text: string
}

/** Whom the options name. */
export interface Wish {
  readonly users: readonly string[]
  readonly teams: readonly string[]
}

const textOf = ({ users, teams }: Wish): string => JSON.stringify([[...users].sort(), [...teams].sort()])

const COLLECTION = 'follow'
const DIRECTORY = 'directory'
const PROOFS = 'proofs'

export class FollowMemory {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** What was kept last; `undefined` if there is nothing that this version reads, or others are to be followed now. */
  directoryFor(wanted: Wish): KnownDirectory | undefined {
    const value = this.#value(DIRECTORY)
    if (!isObject(value) || typeof value.text !== 'string' || !isList(value.users)) return undefined
    if (value.wish !== textOf(wanted)) return undefined
    try {
      return directoryOf(value.text, value.users.map(String))
    } catch {
      return undefined
    }
  }

  keepDirectory({ text, users }: KnownDirectory, wanted: Wish): void {
    this.#records.put(COLLECTION, DIRECTORY, { text, users, wish: textOf(wanted) })
  }

  /** The newest proof of each user, in milliseconds since 1970 UTC. */
  get proofs(): ReadonlyMap<string, number> {
    const value = this.#value(PROOFS)
    return new Map(isObject(value) ? Object.entries(value).map(([user, at]) => [user, Number(at)]) : [])
  }

  keepProofs(proofs: Iterable<readonly [string, number]>): void {
    this.#records.put(COLLECTION, PROOFS, Object.fromEntries(proofs))
  }

  #value(key: string): Json | undefined {
    return this.#records.list(COLLECTION).find((each) => each.key === key)?.value
  }
}

/** @throws DirectoryError */
export function directoryOf(text: string, users: readonly string[]): KnownDirectory {
  return { directory: parseDirectory(text, 'the followed Finesse', { passwords: 'none' }).directory, users, text }
}
