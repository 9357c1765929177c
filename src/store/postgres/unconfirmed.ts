/** A server whose standbys do not confirm changes. */
import { z } from 'zod'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Connection } from './driver.ts'
import { codeOf } from './errors.ts'

const LOCKED = '55P03'
/** Milliseconds for the server to answer. */
const WITHIN = 1000

/** Those who wait for a standby are of the user of the store, so that this user sees them. */
const SELECT_WAITS = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS waits`

export const unconfirmed = ({ shown }: Address): StoreError =>
  new StoreError('UNREACHABLE', `${shown}: the server has no standby that confirms changes; see pg_stat_replication`)

/**
 * A change that waits for a standby keeps its locks, so that the next one is refused because of them. Returns what is
 * wrong then; any other error comes back as it is.
 */
export async function explainLock(reads: Connection, address: Address, error: unknown): Promise<unknown> {
  if (codeOf(error) !== LOCKED) return error
  let waits = false
  const asking = reads.query(SELECT_WAITS).then(([row]) => {
    waits = z.object({ waits: z.boolean() }).parse(row).waits
  })
  await within(WITHIN, asking).catch(() => undefined)
  return waits ? unconfirmed(address) : error
}
