/** Checks the sequence numbers of rows that are read. */
import type { JournalRow } from '../engine/ports.ts'
import { StoreError } from './errors.ts'

/**
 * Refuses gaps in the sequence numbers of one aggregate after `after`, because a replay would silently arrive at a wrong
 * state. `where`: the file or the address, for the message.
 *
 * @throws StoreError `CORRUPT`
 */
export function checkNumbers(rows: readonly JournalRow[], after: number, where: string): void {
  for (const [index, { aggregate, sequence, position }] of rows.entries()) {
    const expected = after + index + 1
    if (sequence === expected) continue
    const message = `${where}: journal row ${position}: ${aggregate} continues with ${sequence} instead of ${expected}`
    throw new StoreError('CORRUPT', message)
  }
}
