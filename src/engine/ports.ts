/**
 * What the engine needs from outside: a store, a clock, a place to publish, an ACD.
 */
import type { OfferRefusal } from '../../machines/effects.ts'
import type { Notification, Variable } from './values.ts'

/** JSON as it goes to the store. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

// ---------------------------------------------------------------------------------------------------- store

/** One input that was applied, in the order of the whole engine. */
export interface JournalRow {
  /** Place in the journal of the whole engine: 1, 2, 3, … without gaps. */
  readonly position: number
  /** For example `user/1001`. */
  readonly aggregate: string
  /** Number of this input among the aggregate's own: 1, 2, 3, … */
  readonly sequence: number
  /** Milliseconds since 1970 UTC; never less than the aggregate's previous one. */
  readonly at: number
  /** Version of the machines that applied it. */
  readonly machineVersion: number
  /** `failed`: the step threw, the state is as before. */
  readonly outcome: 'applied' | 'failed'
  readonly input: Json
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
  /** Rows of one lane leave one after the other: `user/1001`, `side/A`, … */
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
}

/** What a start needs. */
export interface StoredState {
  /** Newest snapshot of each aggregate. */
  readonly snapshots: readonly SnapshotRow[]
  /** For each aggregate the journal rows behind its snapshot, all in order of `position`. */
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
  /** Opaque name of this store's history, made when the store was created; part of every item id. */
  readonly id: string
  load(): StoredState
  /** Durable when it returns. Throws when nothing of the batch was kept. */
  commit(batch: Batch): void
  /** Small named values beside the journal, for adapters: explicit subscriptions, for example. */
  readonly records: RecordStore
  close(): void
}

export interface RecordStore {
  /** All entries of a collection, ordered by key. */
  list(collection: string): readonly { readonly key: string; readonly value: Json }[]
  /** Durable when it returns. */
  put(collection: string, key: string, value: Json): void
  delete(collection: string, key: string): void
}

// ---------------------------------------------------------------------------------------------------- clock

/** Time from outside. Wall clock in production, virtual clock in tests and simulation. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
  /** Calls `wake` once, not before `time`; the returned function cancels it. */
  at(time: number, wake: () => void): () => void
  /** Calls `run` once, after the work in hand; calls keep their order. */
  soon(run: () => void): void
}

// ---------------------------------------------------------------------------------------------------- publisher

/** A notification on its way out. */
export interface Publication {
  /** Same id whenever the same notification is sent again. */
  readonly itemId: string
  readonly notification: Notification
}

/** It can never be delivered, however often it is tried: too large, or impossible to render. */
export class Undeliverable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Undeliverable'
  }
}

/** Where notifications go, for one side. */
export interface Publisher {
  /**
   * Resolves when the service has accepted it and written it to the sessions there; rejects when it did not. It is
   * tried again then, unless the reason is `Undeliverable`.
   */
  publish(publication: Publication): Promise<void>
}

// ---------------------------------------------------------------------------------------------------- ACD

/** A task for an agent, as an ACD hands it to the engine. */
export interface AcdTask {
  /** The ACD's own id of the task. */
  readonly id: string
  readonly mrd: string
  /** The address that the task was submitted to; a resubmission on Start Timeout or sign-out goes there again. */
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly queueNumber?: string
  readonly queueName?: string
  /** Dialog that the task was resubmitted from. */
  readonly associatedDialog?: string
}

/** What the engine tells the ACD. Delivered at least once, in order per user; `offer` and `task` identify it. */
export type AcdRequest =
  | {
      readonly type: 'accepted'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly dialog: string
    }
  | {
      readonly type: 'refused'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly reason: RefusalReason
    }
  /** The task has ended; Finesse would send the handled message to CCP. */
  | { readonly type: 'handled'; readonly user: string; readonly task: string; readonly dialog: string }
  /** The customer is to be served through another selector, or again through the same one. */
  | {
      readonly type: 'resubmit'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /** Counts the transfers of a dialog; give it back with the answer. 0 where no answer is awaited. */
      readonly attempt: number
    }
  /** A resubmission that was confirmed too late: the customer is still with the agent, take the new task back. */
  | {
      readonly type: 'cancelResubmission'
      readonly user: string
      readonly task: string
      readonly dialog: string
      /** As it stood in the confirmation; `null` if it did not. */
      readonly attempt: number | null
    }
  /** The task ended without service and is not resubmitted (`media.md` 10). */
  | {
      readonly type: 'ended'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }
  /** An agent's availability in one MRD changed; newer `version` wins. */
  | {
      readonly type: 'availability'
      readonly user: string
      readonly version: number
      readonly mrds: Readonly<Record<string, Availability>>
    }

/** Why an offer came back. */
export type RefusalReason = OfferRefusal

/** May the agent get a task of this MRD now (`media.md` 4.5), and with what claim. */
export interface Availability {
  readonly eligible: boolean
  /** `maxDialogLimit` less open dialogs. */
  readonly freeSlots: number
  /** Since when the agent has been available, for "longest available first". */
  readonly since: number
}

/** What an ACD may tell the engine. */
export interface AcdEvents {
  /** Offers a task to a user; `offer` names this attempt. Resolves when committed. */
  offer(user: string, offer: string, task: AcdTask): Promise<void>
  /** The customer gave up (`media.md` D4); without effect once the task was accepted. */
  cancel(user: string, task: string): Promise<void>
  /** Answer to a `resubmit` request of cause TRANSFER. */
  resubmitted(
    user: string,
    dialog: string,
    result: {
      /** `attempt` of the request that this answers; the newest one when left out. */
      readonly attempt?: number
    } & ({ readonly ok: true; readonly task: string } | { readonly ok: false; readonly reason: string }),
  ): Promise<void>
}

/** The interface that an embedding service implements to bring its own ACD. */
export interface AcdPort {
  /** Called once, before any request. */
  start(events: AcdEvents): void
  /** A rejected promise means "try again": the request is repeated with back-off. */
  request(request: AcdRequest): Promise<void>
}
