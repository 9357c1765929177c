/**
 * How the two servers of a pair know each other. Both have the key: the owner of the store has written it into the lease,
 * and only who may read the store can read it there. The key itself is never sent.
 */
import { createHmac } from 'node:crypto'
import type { Side } from '../../machines/wire.ts'
import { isSameSecret } from '../accounts/same-secret.ts'

/** Header of each request from the other server: the side that it serves, and the proof. */
export const PAIR_HEADER = 'mrdian-pair'

const SIDES: readonly Side[] = ['A', 'B']

/**
 * `clients`: the request is one of a client of the side, which has its rights and no more. `server`: it is the server's
 * own. Without the difference every client could make requests of the second kind.
 */
export type AskedFor = 'clients' | 'server'

/** The value of the header, from a server that serves this side. */
export const proofOf = (key: string, side: Side, askedFor: AskedFor): string =>
  `${side} ${createHmac('sha256', key).update(`mrdian pair, side ${side}, for ${askedFor}`).digest('hex')}`

/** The side that the sender serves; `undefined` without a valid proof. */
export function provenSide(
  key: string,
  header: string | readonly string[] | undefined,
  askedFor: AskedFor,
): Side | undefined {
  if (typeof header !== 'string') return undefined
  const side = SIDES.find((each) => header.startsWith(`${each} `))
  return side !== undefined && isSameSecret(header, proofOf(key, side, askedFor)) ? side : undefined
}
