/** A history as NDJSON. It is made while it is read, in slices, and ends when the reader disconnects. */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Frame } from './protocol.ts'

/** Longest slice in milliseconds. Other work of the process runs between slices. */
const SLICE = 10

/** The lines as a stream, one frame per line. */
export function ndjson(steps: Iterable<readonly Frame[]>): Readable {
  return Readable.from(lines(steps), { objectMode: false })
}

async function* lines(steps: Iterable<readonly Frame[]>): AsyncGenerator<string> {
  let begun = performance.now()
  for (const frames of steps) {
    if (frames.length > 0) yield frames.map((frame) => `${JSON.stringify(frame)}\n`).join('')
    if (performance.now() - begun < SLICE) continue
    await nextTurn()
    begun = performance.now()
  }
}
