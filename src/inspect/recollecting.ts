/** A history as NDJSON. It is made while it is read, and ends when the reader disconnects. */
import { Readable } from 'node:stream'
import type { Frame } from './protocol.ts'

/**
 * The lines as a stream, one frame per line. Resolves when the first of them are known. Rejects with the error of a
 * history that cannot be shown at all.
 */
export async function ndjson(steps: AsyncGenerator<readonly Frame[]>): Promise<Readable> {
  const { value: first = [] } = await steps.next()
  return Readable.from(lines(first, steps), { objectMode: false })
}

async function* lines(first: readonly Frame[], steps: AsyncGenerator<readonly Frame[]>): AsyncGenerator<string> {
  try {
    if (first.length > 0) yield textOf(first)
    for await (const frames of steps) if (frames.length > 0) yield textOf(frames)
  } finally {
    await steps.return(undefined)
  }
}

const textOf = (frames: readonly Frame[]) => frames.map((frame) => `${JSON.stringify(frame)}\n`).join('')
