/** The first pass over a part of a journal: its range, and its directory. */
import type { Reason } from '../../../machines/wire.ts'
import type { Platform } from '../../directory/model.ts'
import type { QueueSetup } from '../../engine/aggregate/queue/state.ts'
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import { type Input, isInput } from '../../engine/input.ts'
import type { History } from '../../engine/ports.ts'
import { currentRow } from '../../engine/recovery/migrations.ts'

/**
 * The parts of the directory that are found in the journal. Users who existed at the beginning come first, in natural
 * order.
 */
export interface Setups {
  readonly users: Map<string, UserSetup>
  readonly queues: Map<string, QueueSetup>
  platform: Platform
  readonly reasons: Map<string, Reason>
  /** Ringing time of calls in ms; `undefined` when there were no calls. */
  ringMs: number | undefined
}

export const emptySetups = (): Setups => ({
  users: new Map(),
  queues: new Map(),
  platform: 'CCE',
  reasons: new Map(),
  ringMs: undefined,
})

export interface Stretch {
  /** Position of its first row. */
  readonly first: number
  /** Times of its first and last row, in ms since 1970 UTC. */
  readonly from: number
  readonly to: number
  readonly rows: number
  /** The first setup of each user and queue within the part. */
  readonly told: Setups
  /** Number of later setups within the part. */
  readonly changed: number
}

/** Called with the number of rows read so far. */
export type Count = (rows: number) => void

/** Rows between two calls of `count`. */
const EVERY = 500

/** The earliest time (ms) from which everything is kept; 0 if the journal is complete from its first input. */
export async function keptFrom(history: History): Promise<number> {
  let latest = -1
  for (const { name, from } of await history.aggregates()) {
    if (from === 0 || name.startsWith('call/')) continue
    for await (const { at } of history.snapshots(name)) {
      latest = Math.max(latest, at)
      break
    }
  }
  return latest + 1
}

/** Scans the rows from `from` to `to` (ms). Resolves with `undefined` when there are none. */
export async function scan(history: History, from: number, to: number, count: Count): Promise<Stretch | undefined> {
  const told = emptySetups()
  let [first, begin, end, rows, read, changed] = [0, 0, 0, 0, 0, 0]
  for await (const row of history.all(0)) {
    read += 1
    if (read % EVERY === 0) count(read)
    if (row.at > to) break
    if (rows === 0 && row.at < from) continue
    if (rows === 0) [first, begin] = [row.position, row.at]
    rows += 1
    end = Math.max(end, row.at)
    const { input } = currentRow(row)
    if (isInput(input) && note(told, input)) changed += 1
  }
  return rows === 0 ? undefined : { first, from: begin, to: end, rows, told, changed }
}

/** Collects what an input tells about the directory. Returns true for a setup that replaces an earlier one. */
function note(told: Setups, input: Input): boolean {
  switch (input.kind) {
    case 'configuredUser':
      return add(told.users, input.setup.profile.id, input.setup)
    case 'configuredQueue':
      return add(told.queues, input.setup.mrd, input.setup)
    case 'configuredSide':
      told.platform = input.platform
      return false
    case 'submitCall':
      told.ringMs = input.ringMs
      return false
    case 'user': {
      const reason = 'reason' in input.event ? input.event.reason : null
      if (reason && !reason.systemCode) told.reasons.set(reason.id, reason)
      return false
    }
    default:
      return false
  }
}

function add<T>(to: Map<string, T>, key: string, value: T): boolean {
  if (to.has(key)) return true
  to.set(key, value)
  return false
}
