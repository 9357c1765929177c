/** A history as NDJSON, made while it is read: others run in between, and a reader who goes away ends it. */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Frame } from './protocol.ts'

/** Longer than this nobody else waits; milliseconds. */
const SLICE = 10

/** The lines. */
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
