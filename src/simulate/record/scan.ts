/** The first look at a stretch of a journal: where it lies, and what directory it was played with. */
import type { Reason } from '../../../machines/wire.ts'
import type { Platform } from '../../directory/model.ts'
import type { QueueSetup } from '../../engine/aggregate/queue/state.ts'
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import { type Input, isInput } from '../../engine/input.ts'
import type { History } from '../../engine/ports.ts'
import { currentRow } from '../../engine/recovery/migrations.ts'

/** What a stretch of a journal says of the directory: who was there at its beginning comes first, in natural order. */
export interface Setups {
  readonly users: Map<string, UserSetup>
  readonly queues: Map<string, QueueSetup>
  platform: Platform
  readonly reasons: Map<string, Reason>
  /** How long calls rang, in ms; `undefined` when none came. */
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
  /** Of its first and last row, ms since 1970 UTC. */
  readonly from: number
  readonly to: number
  readonly rows: number
  /** Setups that were told within the stretch, the first of each. */
  readonly told: Setups
  /** Setups that changed within it. */
  readonly changed: number
}

/** Called with rows read so far. */
export type Count = (rows: number) => void

/** So many rows lie between two words on progress. */
const EVERY = 500

/** Everything from this time (ms) on is known; 0 where the journal begins with the first input. */
export function keptFrom(history: History): number {
  let latest = -1
  for (const { name, from } of history.aggregates()) {
    if (from === 0 || name.startsWith('call/')) continue
    for (const { at } of history.snapshots(name)) {
      latest = Math.max(latest, at)
      break
    }
  }
  return latest + 1
}

/** Rows from `from` to `to` (ms). `undefined` when there are none. */
export function scan(history: History, from: number, to: number, count: Count): Stretch | undefined {
  const told = emptySetups()
  let [first, begin, end, rows, read, changed] = [0, 0, 0, 0, 0, 0]
  for (const row of history.all(0)) {
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

/** Takes note of what an input says of the directory; true for a setup that replaces another one. */
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
