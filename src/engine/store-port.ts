/**
 * Where state lasts, as the engine sees it: journal, snapshots, outbox, and what is kept of the past.
 */
import type { RuleBook } from './rules/rule-book.ts'

/** JSON as it goes to the store. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Who gave an input. */
export interface Origin {
  /**
   * `rest`: a request to the Finesse API. `acd-control`: a request to `/acd`. `xmpp`: a session of the notification
   * service. `acd`: the embedder's ACD. `finesse`: the Finesse that is followed. `api`: a call of the embedding program. `engine`: the engine itself, at a
   * start or for a service that came or went.
   */
  readonly via: 'rest' | 'acd-control' | 'xmpp' | 'acd' | 'finesse' | 'api' | 'engine'
  /** User, administrator or session that asked, where somebody did. */
  readonly by?: string
  /** Id of the request, as the client gave it or the surface made it. Log lines, journal and explanations have it. */
  readonly request?: string
}

/** One input that was applied, in the order of the whole engine. */
export interface JournalRow {
  /** Place in the journal of the whole engine: 1, 2, 3, … without gaps. */
  readonly position: number
  /** For example `user/1001`. */
  readonly aggregate: string
  /** Number of this input among the aggregate's own: 1, 2, 3, … */
  readonly sequence: number
  /** Milliseconds since 1970 UTC; never less than the aggregate's previous one, but for an input that says so. */
  readonly at: number
  /** Version of the machines that applied it. */
  readonly machineVersion: number
  /** `failed`: the step threw, the state is as before. */
  readonly outcome: 'applied' | 'failed'
  /** Why it failed; `null` for an applied one. */
  readonly error: string | null
  readonly input: Json
  /** Who gave it; `null` for a message of another aggregate and for a deadline. */
  readonly origin: Origin | null
  /** Position of the row whose step sent this message; `null` for everything else. */
  readonly cause: number | null
  /** Id of what the input made, a task or a call; `null` if nothing. */
  readonly made: string | null
  /** First and last number of the outbox rows that the step made; `null` if none. */
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

/** Something that has to leave the process, kept until it has been delivered. */
export interface OutboxRow {
  /** 1, 2, 3, …: the order in which it is to leave. */
  readonly number: number
  /** Rows of one lane leave one after the other: `A:user/1001`, `A:side/A`, … */
  readonly lane: string
  readonly kind: 'notification' | 'acd'
  /** A `Notification` or an `AcdRequest`. */
  readonly payload: Json
}

/** Everything that one tick changes; it is kept as a whole or not at all. */
export interface Batch {
  readonly journal: readonly JournalRow[]
  readonly snapshots: readonly SnapshotRow[]
  readonly outbox: readonly OutboxRow[]
  /** Numbers of outbox rows that have been delivered. */
  readonly delivered: readonly number[]
  /** Aggregates to which nothing can happen any more. Starts do not load them; compaction removes them. */
  readonly ended: readonly string[]
}

/** What a start needs. */
export interface StoredState {
  /** Newest snapshot of each aggregate that has not ended. */
  readonly snapshots: readonly SnapshotRow[]
  /** For each aggregate that has not ended the journal rows behind its snapshot, all in order of `position`. */
  readonly tail: readonly JournalRow[]
  /** Undelivered rows in order of `number`. */
  readonly outbox: readonly OutboxRow[]
  readonly lastPosition: number
  readonly lastOutboxNumber: number
}

/**
 * Where state lasts. Synchronous on purpose: between a step and its commit nobody can read, so that nobody ever sees
 * a state that was not committed.
 */
export interface Store {
  /** Opaque name of this store's history, made when the store was created or emptied; part of every item id. */
  readonly id: string
  load(): StoredState
  /** Durable when it returns. Throws when nothing of the batch was kept. */
  commit(batch: Batch): void
  /** Small named values beside the journal, for adapters: explicit subscriptions, for example. */
  readonly records: RecordStore
  /** What is kept of the past; `undefined` where a store keeps nothing but the present. */
  readonly history: History | undefined
  /**
   * Forgets what is older than `before` (ms), a bounded piece of work at a time: journal rows that a kept snapshot covers,
   * snapshots older than the oldest that is still needed, aggregates that ended, with all that they wrote. Every
   * moment from `before` on can still be replayed. Returns true when there is more to do.
   */
  compact(before: number): boolean
  /**
   * Changes what is kept, for the erasure of personal data: a bounded piece of work at a time, each durable when it
   * returns, the old content overwritten on the disk. Begins with `from`: null; goes on with what was returned; null when done.
   */
  rewrite(rewriting: Rewriting, from: RewritePlace | null): RewritePlace | null
  /**
   * Forgets everything: journal, snapshots, outbox, records. The store is as a new one afterwards, with another `id`,
   * because numbers begin again. Durable when it returns; throws when nothing was forgotten.
   */
  clear(): void
  /**
   * Calls `listener` once, when this store will never take a change again; at once when it is so already. Stores that
   * cannot lose what they keep have no such method.
   */
  onEnd?(listener: (end: StoreEnd) => void): void
  close(): void
}

/** The end of a store that nobody closed: nothing is committed any more, whatever comes. */
export interface StoreEnd {
  /**
   * `lost`: what is kept is not this process's any more. `damaged`: it is not whole. What was confirmed before stays
   * confirmed.
   */
  readonly why: 'lost' | 'damaged'
  /** One sentence: what is wrong, and what to do. */
  readonly problem: string
}

export interface RecordStore {
  /** All entries of a collection, ordered by key. */
  list(collection: string): readonly { readonly key: string; readonly value: Json }[]
  /** Durable when it returns. */
  put(collection: string, key: string, value: Json): void
  delete(collection: string, key: string): void
}

/** New content for rows; each returns its argument's JSON, the same object, where nothing is to change. */
export interface Rewriting {
  input(row: JournalRow): Json
  state(row: SnapshotRow): Json
  payload(row: OutboxRow): Json
}

/** How far a rewriting has come, and how much it has changed. */
export interface RewritePlace {
  readonly table: 'journal' | 'snapshot' | 'outbox'
  readonly after: number
  /** Rows changed so far. */
  readonly changed: number
  /** Rows looked at so far, and rows in all: for a progress bar. */
  readonly seen: number
  readonly total: number
}

/** An aggregate of which something is kept. */
export interface KeptAggregate {
  readonly name: string
  readonly ended: boolean
  /** Sequence of the oldest kept snapshot, or 0: rows behind it are kept without a gap. */
  readonly from: number
  /** Sequence of its last input. */
  readonly to: number
}

/** What a store keeps of the past, to read: for replay, explain and the inspector. Rows come as they were written. */
export interface History {
  /** Those of an embedder by which parts of it were written, to run it again; the charts' own are known in any case. */
  readonly rules?: RuleBook
  readonly storeId: string
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  aggregates(): readonly KeptAggregate[]
  aggregate(name: string): KeptAggregate | undefined
  /** The newest kept snapshot that is no newer than `time` (ms); `undefined`: begin with nothing, at sequence 1. */
  snapshot(aggregate: string, time: number): SnapshotRow | undefined
  /** All kept snapshots of an aggregate, oldest first, read as they are asked for. */
  snapshots(aggregate: string): Iterable<SnapshotRow>
  /** Rows of an aggregate behind `sequence`, in order, read as they are asked for. */
  rows(aggregate: string, sequence: number): Iterable<JournalRow>
  /** The row at a position, unless it was forgotten. */
  row(position: number): JournalRow | undefined
  /** Rows that were caused by the step at `position`, in order. */
  causedBy(position: number): readonly JournalRow[]
  /** The row whose input made this task or call, unless it was forgotten. */
  madeBy(id: string): JournalRow | undefined
  /** All kept rows behind a position, in order, read as they are asked for. */
  all(position: number): Iterable<JournalRow>
  /** Outbox rows that have not been delivered, in order. */
  outbox(): readonly OutboxRow[]
}
