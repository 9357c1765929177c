/**
 * What a follower keeps in its store beside the journal: whom it follows, so that it can start while its Finesse is
 * down, and when each user was proved last, so that it can say for how long nothing was heard.
 */
import type { Directory } from '../directory/model.ts'
import { parseDirectory } from '../directory/parse.ts'
import { isList, isObject, type JsonObject } from '../engine/json.ts'
import type { Json, RecordStore } from '../engine/ports.ts'
import type { MediaValue, UserValue } from '../engine/values.ts'

/** What was read of one user when the directory was read, at this time (ms since 1970 UTC). */
export interface FirstRead {
  readonly user: UserValue
  readonly media: readonly MediaValue[]
  readonly at: number
}

/** Whom a follower follows, and what their Finesse tells of them. */
export interface KnownDirectory {
  readonly directory: Directory
  readonly users: readonly string[]
  /** The directory as the text of a directory file. */
  readonly text: string
  /** By user; without those of whom only a part could be read. Empty for a directory from the store. */
  readonly read: ReadonlyMap<string, FirstRead>
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
  /** Changes come one after the other: a part of them begins with what is kept. */
  #turn: Promise<unknown> = Promise.resolve()

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

  /** This and the next methods resolve when the change is durable, and reject with the errors of the store. */
  keepDirectory({ text, users }: KnownDirectory, wanted: Wish): Promise<void> {
    return this.#inTurn(() => this.#records.put(COLLECTION, DIRECTORY, { text, users, wish: textOf(wanted) }))
  }

  /**
   * Forgets these users, whose data have to be erased. What is kept of them is from before they left, if no directory was
   * read since then, or if others are followed now.
   */
  erase(users: ReadonlySet<string>): Promise<void> {
    return this.#inTurn(() => this.#erase(users))
  }

  async #erase(users: ReadonlySet<string>): Promise<void> {
    const isKept = (user: unknown) => typeof user !== 'string' || !users.has(user)
    const value = this.#value(DIRECTORY)
    if (isObject(value) && typeof value.text === 'string' && isList(value.users)) {
      const text = withoutUsers(value.text, users)
      if (text === undefined) await this.#records.delete(COLLECTION, DIRECTORY)
      else if (text !== value.text)
        await this.#records.put(COLLECTION, DIRECTORY, { ...value, text, users: value.users.filter(isKept) })
    }
    const { proofs } = this
    const kept = [...proofs].filter(([user]) => isKept(user))
    if (kept.length < proofs.size) await this.#records.put(COLLECTION, PROOFS, Object.fromEntries(kept))
  }

  /** The newest proof of each user, in milliseconds since 1970 UTC. */
  get proofs(): ReadonlyMap<string, number> {
    const value = this.#value(PROOFS)
    return new Map(isObject(value) ? Object.entries(value).map(([user, at]) => [user, Number(at)]) : [])
  }

  keepProofs(proofs: Iterable<readonly [string, number]>): Promise<void> {
    return this.#inTurn(() => this.#records.put(COLLECTION, PROOFS, Object.fromEntries(proofs)))
  }

  /** Runs `change` when all earlier changes have ended. */
  #inTurn(change: () => void | Promise<void>): Promise<void> {
    const mine = this.#turn.then(change)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  #value(key: string): Json | undefined {
    return this.#records.list(COLLECTION).find((each) => each.key === key)?.value
  }
}

/** The text of a directory without these users; `undefined` if it cannot be read. */
function withoutUsers(text: string, users: ReadonlySet<string>): string | undefined {
  const file = asObject(text)
  if (!file || !isList(file.users)) return undefined
  const kept = file.users.filter((user) => !(isObject(user) && typeof user.id === 'string' && users.has(user.id)))
  return kept.length === file.users.length ? text : JSON.stringify({ ...file, users: kept })
}

function asObject(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** @throws DirectoryError */
export function directoryOf(text: string, users: readonly string[], read: KnownDirectory['read'] = new Map()) {
  const { directory } = parseDirectory(text, 'the followed Finesse', { passwords: 'none' })
  return { directory, users, text, read } satisfies KnownDirectory
}
