/** The network outside as the built-in ACD offers it: reads, checks and changes. */
import { lookup } from '../../directory/lookup.ts'
import type { Directory } from '../../directory/model.ts'
import { isInherited } from '../../directory/names.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { ORDINARY } from '../aggregate/network/behaviour.ts'
import type { Input } from '../input.ts'
import type { NetworkChange, NetworkValue } from '../values.ts'
import { AcdRefusal } from './api.ts'

/** Most numbers that have a behaviour of their own. */
export const OUTSIDE_NUMBERS_MAX = 10_000

export const networkOf = (aggregates: Aggregates): NetworkValue => aggregates.network?.value ?? ORDINARY

/**
 * The input of a change. Extensions and the numbers of queues are inside.
 *
 * @throws AcdRefusal
 */
export function networkInput(change: NetworkChange, now: NetworkValue, directory: Directory): Input {
  const known = lookup(directory)
  const { numbers = {} } = change
  for (const number of Object.keys(numbers)) {
    if (known.userByExtension(number) || known.queueByNumber(number) || isInherited(number))
      throw new AcdRefusal('NUMBER_INSIDE', 'numbers', `${number} is no number outside`)
  }
  const kept = Object.keys(now.numbers).filter((number) => !Object.hasOwn(numbers, number))
  const set = Object.values(numbers).filter((behaviour) => behaviour !== null)
  if (kept.length + set.length > OUTSIDE_NUMBERS_MAX)
    throw new AcdRefusal('TOO_MANY_NUMBERS', 'numbers', `at most ${OUTSIDE_NUMBERS_MAX} numbers can be set`)
  return { kind: 'network', change }
}
