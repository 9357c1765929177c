/**
 * Commands that are sent again, because their answer was lost: with the connection, with a side, or because the process
 * died. They are answered and not done again.
 *
 * What is known of a command is in its journal row, so it is committed with the command. The rows of the last minutes
 * are also in memory, and a start reads them again.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Reply } from '../input/inbox.ts'
import { type Input, isInput } from '../input.ts'
import type { AnsweredBefore, Clock, JournalRow, Json, Once, Origin, RecordStore } from '../ports.ts'
import { type Fingerprints, type KeyedRequest, type KeyedWork, KeyReused, type KnownCommand } from './once.ts'
import { refusalOf, refusedBefore } from './refused-before.ts'
import { Salts } from './salts.ts'
import { isTransferring, type Standpoint, standpointOf, stateAt } from './standpoint.ts'

/**
 * How long a command is remembered, in ms. Clients, and the layers between, send a request again within a minute. An
 * agent whose desktop is away longer is signed out (`notifications 7`), and two minutes are that time twice. A longer
 * one would only make the mistake more likely that a client uses an id again.
 */
export const WINDOW = 120_000

/** The highest number of commands that are remembered. Each needs half a kilobyte. The oldest is forgotten first. */
export const REMEMBERED_MAX = 50_000

/** The rows since `from` (ms since 1970 UTC), at most `most` of them. */
export interface Recent {
  readonly from: number
  readonly most: number
}

interface Entry extends KnownCommand {
  readonly once: Once
  readonly at: number
  readonly standpoint: Standpoint | undefined
}

/** A request that is being done. */
interface Running {
  readonly once: Once
  readonly done: Promise<void>
}

export interface KnownCommandsParts {
  /** The acknowledged state. */
  readonly aggregates: Aggregates
  readonly records: RecordStore
  readonly clock: Clock
  readonly fingerprints: Fingerprints
  /** A request was answered from what is known. */
  answered(): void
}

export class KnownCommands {
  readonly #parts: KnownCommandsParts
  readonly #salts: Salts
  /** By caller and key, oldest first. */
  readonly #known = new Map<string, Entry>()
  readonly #running = new Map<string, readonly Running[]>()

  constructor(parts: KnownCommandsParts) {
    this.#parts = parts
    this.#salts = new Salts({ ...parts, window: WINDOW })
  }

  /** `rowsOf`: reads the last rows of the journal. They are not read if no command had a key lately. */
  async start(rowsOf: (recent: Recent) => Promise<readonly JournalRow[]>): Promise<void> {
    if (this.#salts.isEmpty) return
    this.look(await rowsOf({ from: this.#parts.clock.now() - WINDOW, most: REMEMBERED_MAX }))
    this.#salts.start()
  }

  stop(): void {
    this.#salts.stop()
  }

  /**
   * Does a request, or answers it from what is known. While the same request is being done, this one waits. A request
   * that was not accepted is not known.
   *
   * @throws KeyReused
   * @throws EngineUnavailable
   */
  async once<T>(asked: KeyedRequest, { first, again }: KeyedWork<T>): Promise<T> {
    const caller = callerOf(asked)
    for (let same = this.#sameRunning(caller, asked); same; same = this.#sameRunning(caller, asked)) await same.done
    const known = this.#newest(caller)
    if (known && this.#isSame(asked, known.once) && this.#stands(asked, known)) {
      this.#parts.answered()
      return again(known)
    }
    if (known && asked.isUnique === 'surely') throw new KeyReused()
    const salt = this.#salts.current()
    if (salt instanceof Promise) {
      await salt
      // Meanwhile the same request may have come again.
      return this.once(asked, { first, again })
    }
    this.#known.delete(caller)
    const { id, text } = salt
    const { key, content, isUnique } = asked
    const request = this.#parts.fingerprints.of(text, content)
    const once: Once = { key, salt: id, request, ...(isUnique === 'probably' ? { left: '' } : {}) }
    return this.#run(caller, once, () => first({ ...withoutKey(asked.origin), once }))
  }

  /**
   * The origin for the row of an input that has been applied in `aggregates`, with what is known of the command then.
   */
  noted(origin: Origin, reply: Reply, { to, input }: { to: string; input: Input }, aggregates: Aggregates): Origin {
    const { once } = origin
    if (!once || !isAccepted(reply)) return withoutKey(origin)
    const at = once.left === undefined ? undefined : standpointOf(to, input, reply.id)
    const left = at && this.#hashed(once.salt, readAt(aggregates, at))
    const { left: _, ...kept } = once
    const refused = refusalOf(to, input, reply)
    const isUnderWay = isTransfer(input) && isTransferring(aggregates, input.event.dialog)
    const answer = { ...(isUnderWay ? { isUnderWay } : {}), ...(refused ? { refused } : {}) }
    return { ...origin, once: { ...kept, ...(left === undefined ? {} : { left }), answer } }
  }

  /** Remembers the commands of these rows, which the store has kept. */
  look(rows: readonly JournalRow[]): void {
    for (const row of rows) {
      const { origin } = row
      if (origin?.once?.answer) this.#remember(row, origin, origin.once, origin.once.answer)
    }
  }

  #remember(row: JournalRow, origin: Origin, once: Once, answer: AnsweredBefore): void {
    const { aggregate, input, made, position, at } = row
    const standpoint = once.left === undefined ? undefined : standpointIn(aggregate, input, made)
    const caller = callerOf({ origin, key: once.key })
    // As the newest one of all.
    this.#known.delete(caller)
    const known = { made: made ?? undefined, position, isUnderWay: answer.isUnderWay ?? false }
    this.#known.set(caller, { ...known, refused: refusedBefore(answer), once, at, standpoint })
    for (const [oldest, entry] of this.#known) {
      if (this.#known.size <= REMEMBERED_MAX && this.#isFresh(entry)) break
      this.#known.delete(oldest)
    }
  }

  async #run<T>(caller: string, once: Once, work: () => Promise<T> | T): Promise<T> {
    const done = Promise.withResolvers<void>()
    const running: Running = { once, done: done.promise }
    this.#running.set(caller, [...(this.#running.get(caller) ?? []), running])
    try {
      return await work()
    } finally {
      const others = this.#running.get(caller)?.filter((each) => each !== running) ?? []
      if (others.length === 0) this.#running.delete(caller)
      else this.#running.set(caller, others)
      done.resolve()
    }
  }

  #sameRunning(caller: string, asked: KeyedRequest): Running | undefined {
    return this.#running.get(caller)?.find(({ once }) => this.#isSame(asked, once))
  }

  #newest(caller: string): Entry | undefined {
    const known = this.#known.get(caller)
    return known && this.#isFresh(known) ? known : undefined
  }

  /** A time in the future is that of a clock that was set back. */
  #isFresh({ at }: Entry): boolean {
    return Math.abs(this.#parts.clock.now() - at) < WINDOW
  }

  #isSame({ content }: KeyedRequest, { salt, request }: Once): boolean {
    return this.#hashed(salt, content) === request
  }

  /**
   * Is the state still the one that the command has left? Only then it is certain that it is sent again. A command that the
   * state refused has left nothing, so it may be done again: a client that uses its keys again waits for the next refusal.
   */
  #stands({ isUnique }: KeyedRequest, { once, standpoint, refused }: Entry): boolean {
    if (isUnique === 'surely') return true
    if (refused) return false
    if (once.left === undefined || !standpoint) return true
    return this.#hashed(once.salt, readAt(this.#parts.aggregates, standpoint)) === once.left
  }

  /** `undefined` if the salt was deleted. */
  #hashed(salt: string, text: string): string | undefined {
    const known = this.#salts.text(salt)
    return known === undefined ? undefined : this.#parts.fingerprints.of(known, text)
  }
}

/** The origin without what concerns the key. */
export function withoutKey({ key: _, once: __, ...origin }: Origin): Origin {
  return origin
}

const callerOf = ({ origin: { via, by = '' }, key }: Pick<KeyedRequest, 'origin' | 'key'>): string =>
  JSON.stringify([via, by, key])

const isAccepted = ({ failed, rejected, refused, isOver, position }: Reply): boolean =>
  failed === undefined && !rejected && refused === undefined && !isOver && position !== undefined

/** A state that cannot be read, because of an error in this program, is like any other: it must not stop the loop. */
function readAt(aggregates: Aggregates, at: Standpoint): string {
  try {
    return stateAt(aggregates, at)
  } catch {
    return 'unreadable'
  }
}

type DialogInput = Extract<Input, { kind: 'user' }> & { readonly event: { readonly type: 'DIALOG_ACTION' } }

const isTransfer = (input: Input): input is DialogInput =>
  input.kind === 'user' && input.event.type === 'DIALOG_ACTION' && input.event.action === 'TRANSFER'

function standpointIn(aggregate: string, input: Json, made: string | null): Standpoint | undefined {
  return isInput(input) ? standpointOf(aggregate, input, made ?? undefined) : undefined
}
