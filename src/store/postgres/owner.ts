/**
 * Who may write. A store that opens takes the next epoch, and a lease that it renews. Each change names the epoch, so
 * that one of a former owner is refused whenever it arrives. The lease only keeps others from taking over while the owner
 * lives. Times are those of the database's clock.
 */
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import type { Connection } from './driver.ts'

/** What is stored, when an owner begins. */
export interface Begun {
  readonly epoch: number
  readonly turn: number
  readonly history: string
  readonly lastPosition: number
  readonly lastOutboxNumber: number
}

const whole = z.int().min(0)
const begunRow = z.object({
  epoch: whole,
  turn: whole,
  history: z.string(),
  lastPosition: whole,
  lastOutboxNumber: whole,
})
const leaseRow = z.object({ owner: z.string(), holder: z.string(), address: z.string(), left: z.number() })

export type Lease = z.output<typeof leaseRow>

const BEGUN = `epoch, turn, history, last_position AS "lastPosition", last_outbox_number AS "lastOutboxNumber"`

/** One statement, so that of two processes only one gets it. */
const TAKE = `
  WITH taken AS (
    UPDATE lease SET owner = $1, holder = $2, address = '', expires_at = clock_timestamp() + $3::float8 * interval '1 ms'
    WHERE expires_at <= clock_timestamp() RETURNING 1)
  UPDATE store SET epoch = epoch + 1, owner = $1 FROM taken RETURNING ${BEGUN}`

/** The owner has a new connection: what was sent on a former one and has not yet arrived is refused from now on. */
const TAKE_AGAIN = `UPDATE store SET epoch = epoch + 1 WHERE owner = $1 RETURNING ${BEGUN}`

const RENEW = `
  UPDATE lease SET expires_at = clock_timestamp() + $2::float8 * interval '1 ms', address = $3
  WHERE owner = $1 RETURNING 1`

const RELEASE = `UPDATE lease SET expires_at = 'epoch' WHERE owner = $1`

/** An owner of an older version has tables without the address. */
const SELECT_LEASE = `
  SELECT owner, holder, coalesce(to_jsonb(lease) ->> 'address', '') AS address,
    extract(epoch FROM expires_at - clock_timestamp())::float8 * 1000 AS left FROM lease`

/**
 * Takes the store. While another owner has a lease it waits for its end, once. Only a living owner renews it meanwhile.
 *
 * @throws StoreError `IN_USE`
 */
export async function take(
  connection: Connection,
  { owner, holder, lease, shown }: { owner: string; holder: string; lease: number; shown: string },
): Promise<Begun> {
  for (const isLast of [false, true]) {
    const [begun] = await connection.query(TAKE, [owner, holder, lease])
    if (begun !== undefined) return begunRow.parse(begun)
    const other = await readLease(connection)
    if (isLast) throw new StoreError('IN_USE', `${shown} is already open: ${other.holder} has it`)
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(0, other.left), lease) + 10))
  }
  throw new RangeError('unreachable')
}

/** Takes the next epoch for the owner that has the store; `undefined`: another one has it. */
export async function takeAgain(connection: Connection, owner: string): Promise<Begun | undefined> {
  const [begun] = await connection.query(TAKE_AGAIN, [owner])
  return begun === undefined ? undefined : begunRow.parse(begun)
}

/** Whether the owner still has the lease. `address`: where it can be reached now, or `''`. */
export async function renew(
  connection: Connection,
  owner: string,
  { lease, address }: { readonly lease: number; readonly address: string },
): Promise<boolean> {
  return (await connection.query(RENEW, [owner, lease, address])).length > 0
}

/** Lets the next one open the store at once. */
export async function release(connection: Connection, owner: string): Promise<void> {
  await connection.query(RELEASE, [owner])
}

/** Who has the lease (`owner`: the pair key), where that one can be reached (`''` if it does not say), and for how many ms. */
export async function readLease(connection: Connection): Promise<Lease> {
  return leaseRow.parse((await connection.query(SELECT_LEASE))[0])
}
