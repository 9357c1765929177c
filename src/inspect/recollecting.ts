/** A history as NDJSON. It is made while it is read, in slices, and ends when the reader disconnects. */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TimeSlices } from '../waiting/slices.ts'
import type { Frame } from './protocol.ts'

/** The lines as a stream, one frame per line. */
export function ndjson(steps: Iterable<readonly Frame[]>): Readable {
  return Readable.from(lines(steps), { objectMode: false })
}

async function* lines(steps: Iterable<readonly Frame[]>): AsyncGenerator<string> {
  const slices = new TimeSlices(nextTurn)
  for (const frames of steps) {
    if (frames.length > 0) yield frames.map((frame) => `${JSON.stringify(frame)}\n`).join('')
    if (slices.isOver) await slices.next()
  }
}
