/** Options of a PostgreSQL store. */
import { randomUUID } from 'node:crypto'
import type { StoreFollower } from '../../engine/ports.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'

/** Someone who waits for a store. */
export interface Standby {
  /**
   * Called with the machine and the process that has the store, with the address of its HTTP port (`reachedAt`) if it
   * says one, and with its `pairKey`: at the beginning, and when one of them is another one.
   */
  readonly onWaiting?: ((holder: string, address: string | undefined, pairKey: string) => void) | undefined
  /**
   * Gets the content of the store while another process has it, so that it has everything when the store is open.
   * `postgresStore` rejects with what it rejects with.
   */
  readonly follower?: StoreFollower | undefined
  /** Ends the waiting: `postgresStore` rejects with `CLOSED`. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `postgresStore`. */
export interface PostgresOptions {
  /** The schema with the tables. It is created if it is missing. Default: `mrdian`. */
  readonly schema?: string | undefined
  /**
   * Opens the store even if the server confirms a change before a second machine has it. By default such a server is
   * refused with `UNREPLICATED`: `synchronous_commit` is `off` or `local`, or `synchronous_standby_names` is empty.
   */
  readonly acceptUnreplicated?: boolean | undefined
  /** Milliseconds until another process may take the store over from one that has stopped. 100 to 60000; default: 2000. */
  readonly lease?: number | undefined
  /** Milliseconds to wait for a server at the opening. Default: 30000. */
  readonly connectWithin?: number | undefined
  /**
   * Milliseconds that a change or a read waits for a server later. A change that was sent waits longer, until it is known
   * whether it was kept. After this time without an answer the store looks for another server. Default: 5000.
   */
  readonly answerWithin?: number | undefined
  /**
   * Milliseconds between two snapshots of an aggregate that are kept as history. By default as few are kept as replay and
   * retention need: one per day, and further ones after many inputs.
   */
  readonly historySpacing?: number | undefined
  /**
   * Waits while another process has the store, however long that takes, and opens it as soon as it is free. By default
   * the store is refused with `IN_USE` then.
   */
  readonly standby?: Standby | undefined
  /**
   * Base URL of the HTTP port of this process, for those who wait for the store; `undefined`: there is none yet. Asked at
   * each renewal of the lease.
   */
  readonly reachedAt?: (() => string | undefined) | undefined
  /**
   * A secret and random text of at least 32 characters, another one for each call. It names the owner of the store in the
   * lease. Those who wait for the store read it there, so it proves that they belong to the same pair. Default: one that
   * nobody else knows.
   */
  readonly pairKey?: string | undefined
  /** Called with a line for the log: the connection was lost, is back, or cannot be made. */
  readonly onLine?: ((line: string) => void) | undefined
}

/** All options, with their defaults. */
export interface Given {
  readonly schema: string
  readonly acceptUnreplicated: boolean
  readonly lease: number
  readonly connectWithin: number
  readonly answerWithin: number
  readonly historySpacing: number | undefined
  readonly standby: Standby | undefined
  readonly reachedAt: () => string | undefined
  readonly pairKey: string
  readonly onLine: (line: string) => void
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/

/** @throws InvalidArgument */
export function withDefaults(options: PostgresOptions): Given {
  const given = {
    schema: options.schema ?? 'mrdian',
    acceptUnreplicated: options.acceptUnreplicated ?? false,
    lease: options.lease ?? 2000,
    connectWithin: options.connectWithin ?? 30_000,
    answerWithin: options.answerWithin ?? 5000,
    historySpacing: options.historySpacing,
    standby: options.standby,
    reachedAt: options.reachedAt ?? (() => undefined),
    pairKey: options.pairKey ?? randomUUID(),
    onLine: options.onLine ?? (() => undefined),
  }
  if (!SCHEMA.test(given.schema)) throw new InvalidArgument('schema is a name of small letters, digits and underscores')
  if (!(given.lease >= 100 && given.lease <= 60_000)) throw new InvalidArgument('lease is a number from 100 to 60000')
  if (given.pairKey.length < 32) throw new InvalidArgument('pairKey has at least 32 characters')
  for (const name of ['connectWithin', 'answerWithin'] as const)
    if (!(given[name] > 0)) throw new InvalidArgument(`${name} is a number above 0`)
  return given
}
