/**
 * The interface of the store: journal, snapshots, outbox, records and history.
 */
import type { RuleBook } from './rules/rule-book.ts'

/** A JSON value, the form of all data in the store. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Where an input came from. */
export interface Origin {
  /**
   * `rest`: a request to the Finesse API. `board`: a click of a supervisor on the board. `acd-control`: a request to `/acd`. `xmpp`: a session of the notification
   * service. `acd`: the embedder's ACD. `finesse`: the Finesse that is followed. `api`: a call of the embedding
   * program. `engine`: the engine itself, at a start or because a notification service connected or disconnected.
   */
  readonly via: 'rest' | 'board' | 'acd-control' | 'xmpp' | 'acd' | 'finesse' | 'api' | 'engine'
  /** The user, administrator or session that made the request, if known. */
  readonly by?: string | undefined
  /**
   * Id of the request, as the client gave it or the surface made it. Log lines, journal and explanations have it.
   * Notifications do not: they repeat `command.requestId`. See "Ids of a request" in `src/rest/README.md`.
   */
  readonly request?: string | undefined
  /**
   * Of a follower: its Finesse reported this while no notification came, between these times (ms since 1970 UTC). It was
   * found by a read afterwards.
   */
  readonly missed?: Window | undefined
  /**
   * The caller's key of a command, 1 to 256 characters. The same command with the same key, within two minutes, is
   * answered and not done again. See "Commands that are sent again" in `src/rest/README.md`.
   */
  readonly key?: string | undefined
  /** Of a command with a key. The engine writes it. */
  readonly once?: Once | undefined
}

/** What the journal says about a command that may be sent again. The hashes are good for nothing without their salt. */
export interface Once {
  /** The caller's key. */
  readonly key: string
  /** Id of the salt of the hashes. The engine deletes salts after some minutes. */
  readonly salt: string
  /** Hash of what was requested. */
  readonly request: string
  /** Hash of the state that the command has left. Absent if the key alone decides; `''` before the commit. */
  readonly left?: string | undefined
  /** How the command was answered. Absent if it was rejected or failed: then it is not remembered. */
  readonly answer?: AnsweredBefore | undefined
}

export interface AnsweredBefore {
  /** It is a transfer, and the ACD had not answered at the commit. Absent otherwise. */
  readonly isUnderWay?: true | undefined
  /** Absent if the command was not refused. */
  readonly refused?:
    | {
        readonly code: string
        readonly about: string
        readonly state?: string | undefined
        readonly allowed?: readonly string[] | undefined
      }
    | undefined
}

/** A span of time, in milliseconds since 1970 UTC. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** One input of one aggregate, as it was applied or failed. */
export interface JournalRow {
  /** Position in the journal of the whole engine: 1, 2, 3, … without gaps. */
  readonly position: number
  /** For example `user/1001`. */
  readonly aggregate: string
  /** Number of the input within its aggregate: 1, 2, 3, … */
  readonly sequence: number
  /** Milliseconds since 1970 UTC. Never less than that of the aggregate's previous row, except for `clockSetBack`. */
  readonly at: number
  /** Version of the machines that applied the input. */
  readonly machineVersion: number
  /** `failed`: the step threw an error, and the state did not change. */
  readonly outcome: 'applied' | 'failed'
  /** Message of the error; `null` for an applied input. */
  readonly error: string | null
  readonly input: Json
  /** `null` for a message of another aggregate and for a deadline. */
  readonly origin: Origin | null
  /** Position of the row whose step sent this message; `null` for everything else. */
  readonly cause: number | null
  /** Id of the task or call that the step created; `null` if none. */
  readonly made: string | null
  /** First and last number of the outbox rows that the step wrote; `null` if none. */
  readonly outbox: readonly [number, number] | null
}

/** State of an aggregate after its input number `sequence`. */
export interface SnapshotRow {
  readonly aggregate: string
  readonly machine: string
  readonly machineVersion: number
  readonly sequence: number
  readonly at: number
  readonly state: Json
}

/** A notification or a request to the ACD. The store keeps it until it has been delivered. */
export interface OutboxRow {
  /** 1, 2, 3, …, in the order of delivery. */
  readonly number: number
  /** Rows of one lane are sent one after the other. Lanes are `A:user/1001`, `A:side/A`, … */
  readonly lane: string
  readonly kind: 'notification' | 'acd'
  /** A `Notification` or an `AcdRequest`. */
  readonly payload: Json
}

/** All changes of one tick. The store keeps all of them or none. */
export interface Batch {
  readonly journal: readonly JournalRow[]
  readonly snapshots: readonly SnapshotRow[]
  readonly outbox: readonly OutboxRow[]
  /** Numbers of outbox rows that have been delivered. */
  readonly delivered: readonly number[]
  /** Aggregates that have ended and get no more inputs. A start does not load them, and compaction removes them. */
  readonly ended: readonly string[]
}

/** What the engine loads at a start. */
export interface StoredState {
  /** Newest snapshot of each aggregate that has not ended. */
  readonly snapshots: readonly SnapshotRow[]
  /** The journal rows after the newest snapshot of each aggregate that has not ended, in order of `position`. */
  readonly tail: readonly JournalRow[]
  /** Undelivered rows in order of `number`. */
  readonly outbox: readonly OutboxRow[]
  readonly lastPosition: number
  readonly lastOutboxNumber: number
}

/**
 * The durable state of an engine. Everything that reads it may have to wait for the answer. A read never shows a state
 * that is not committed.
 */
export interface Store {
  /** Opaque id of the store's contents, part of every item id. It changes when the store is emptied. */
  readonly id: string
  /** In short steps, so that a start does not delay other work. Nothing may be committed until it resolves. */
  load(): Promise<StoredState>
  /**
   * True if `commit` may return a promise. The engine then has the state twice, and applies each input twice: once
   * ahead of the store, and once when the store has kept it, for reads.
   */
  readonly answersLater?: boolean
  /**
   * The batch is durable when this returns, or when its promise resolves. If it throws or rejects, the store has kept
   * nothing of the batch, and never will: a store that has lost its connection finds out what was kept before it answers.
   *
   * The next batches may be given before the answer. They are kept in this order: one that follows a batch that was not
   * kept is refused.
   */
  commit(batch: Batch): void | Promise<void>
  /** Small named values for adapters, outside of the journal. Example: explicit subscriptions. */
  readonly records: RecordStore
  /** The stored past; `undefined` if the store keeps only what the next start needs. */
  readonly history: History | undefined
  /**
   * Deletes data older than `before` (ms since 1970 UTC): journal rows that a kept snapshot covers, snapshots that are
   * no longer needed, and aggregates that have ended, with all their rows. Every moment from `before` on can still be
   * replayed. Each call does a bounded amount of work, and resolves with true if there is more to do. If it rejects, it
   * has deleted nothing.
   */
  compact(before: number): Promise<boolean>
  /**
   * Changes stored rows, for the erasure of personal data, and overwrites the old content on the disk. Each call does a
   * bounded amount of work, which is durable when it resolves. The first call gets `null` as `from`. Each further call
   * gets what the previous one resolved with. `null` means done.
   */
  rewrite(rewriting: Rewriting, from: RewritePlace | null): Promise<RewritePlace | null>
  /**
   * Deletes everything: journal, snapshots, outbox and records. The store is like a new one afterwards. It has another
   * `id`, because the numbers begin again. Durable when it returns, or when its promise resolves. If it throws or
   * rejects, nothing was deleted.
   */
  clear(): void | Promise<void>
  /**
   * Calls `listener` once, when this store can never commit again, or immediately if that is so already. A store that
   * cannot end in this way has no such method.
   */
  onEnd?(listener: (end: StoreEnd) => void): void
  /**
   * Calls `listener` each time when it has become doubtful that the store can commit, for example because a connection was
   * lost. The engine then tries a commit, so that it learns of it without waiting for a change. A store that is always at
   * hand has no such method.
   */
  onDoubt?(listener: () => void): void
  /** How large the stored data are. A store that takes no space has no such method. */
  size?(): StoreSize
  close(): void | Promise<void>
}

/**
 * Someone who has in memory what a store contains, while another process writes it. The store reads for it: it calls one
 * method at a time, and waits for its promise. A store that rejects then does not open.
 */
export interface StoreFollower {
  /** The content of the store with this id, at one moment. It replaces all that was before. */
  begin(id: string, stored: Omit<StoredState, 'outbox'>): Promise<void>
  /**
   * The next rows of the journal, none if there are no new ones. `last`: the last position of the store when they were
   * read. Resolves with false if it cannot go on with them: the store has to call `begin` again.
   */
  next(rows: readonly JournalRow[], last: number): Promise<boolean>
  /** Stored rows were rewritten (`Store.rewrite`). The rows of before must not stay in memory. */
  rewritten(): Promise<void>
}

/** The space of stored data, in bytes. */
export interface StoreSize {
  /** All of it, with `free`. */
  readonly bytes: number
  /** What deleted rows have left. New rows use it first. */
  readonly free: number
}

/** Why a store that was not closed can never commit again. */
export interface StoreEnd {
  /**
   * `lost`: the data belong to another process now. `damaged`: the data are incomplete. What was committed before stays
   * committed.
   */
  readonly why: 'lost' | 'damaged'
  /** One sentence that says what is wrong, and what to do. */
  readonly problem: string
}

/**
 * Records are few, so a store has them in memory. A change is durable when its call returns, or when its promise
 * resolves, and `list` shows it only then. One that throws or rejects has changed nothing.
 */
export interface RecordStore {
  /** All entries of a collection, ordered by key. */
  list(collection: string): readonly { readonly key: string; readonly value: Json }[]
  put(collection: string, key: string, value: Json): void | Promise<void>
  delete(collection: string, key: string): void | Promise<void>
}

/** Gives the new content of stored rows. A method returns the same JSON object if the row does not change. */
export interface Rewriting {
  input(row: JournalRow): Json
  state(row: SnapshotRow): Json
  payload(row: OutboxRow): Json
}

/** Progress of a rewriting: the last row that was read, and counts. */
export interface RewritePlace {
  readonly table: 'journal' | 'snapshot' | 'outbox'
  readonly after: number
  /** Rows changed so far. */
  readonly changed: number
  /** Rows read so far, of `total`; for a progress bar. */
  readonly seen: number
  readonly total: number
}

/** An aggregate that the store has rows of. */
export interface KeptAggregate {
  readonly name: string
  readonly ended: boolean
  /** Sequence of the oldest stored snapshot, or 0. All rows after it are stored, without a gap. */
  readonly from: number
  /** Sequence of its last input. */
  readonly to: number
}

/**
 * Read access to the stored past, for replay, explain and the inspector. Rows come as they were written.
 *
 * What is iterated over is read in pages, and a page shows what is stored when it is read. So an iteration that lasts may
 * also show rows that were written after its begin, and a gap where `Store.compact` has deleted rows meanwhile. An
 * iteration that ends early releases what it holds. All readings let other work run.
 */
export interface History {
  /** The embedder's rules under which parts of the past were written. Replay needs them. */
  readonly rules?: RuleBook
  readonly storeId: string
  /** Of a store: that of the last commit. Of an opened reader: that of what it shows. */
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  aggregates(): Promise<readonly KeptAggregate[]>
  aggregate(name: string): Promise<KeptAggregate | undefined>
  /**
   * The newest stored snapshot that is not newer than `time` (ms since 1970 UTC). `undefined`: there is none, and a
   * replay begins with an empty aggregate at sequence 1.
   */
  snapshot(aggregate: string, time: number): Promise<SnapshotRow | undefined>
  /** All stored snapshots of an aggregate, oldest first. */
  snapshots(aggregate: string): AsyncIterable<SnapshotRow>
  /** Rows of an aggregate after `sequence`, in order. */
  rows(aggregate: string, sequence: number): AsyncIterable<JournalRow>
  /** The row at a position; `undefined` if it was deleted. */
  row(position: number): Promise<JournalRow | undefined>
  /** The messages that the step at `position` sent, in order. */
  causedBy(position: number): Promise<readonly JournalRow[]>
  /** The row whose step created this task or call; `undefined` if it was deleted. */
  madeBy(id: string): Promise<JournalRow | undefined>
  /** All stored rows after a position, in order. */
  all(position: number): AsyncIterable<JournalRow>
  /** Outbox rows that have not been delivered, in order. */
  outbox(): Promise<readonly OutboxRow[]>
}
