/** Two connections that become one. */
import type { Socket } from 'node:net'
import { SILENCE_MS } from './wire.ts'

/**
 * Passes everything on in both directions, no faster than each end reads. If one ends, so does the other one.
 *
 * @param watched ends after a time without a byte
 */
export function joined(own: Socket, watched: Socket): void {
  const silent = setTimeout(() => watched.destroy(), SILENCE_MS)
  watched.on('data', () => silent.refresh())
  for (const [one, other] of [
    [own, watched],
    [watched, own],
  ] as const) {
    one.setNoDelay(true)
    one.on('error', () => undefined)
    one.once('close', () => {
      clearTimeout(silent)
      other.destroySoon()
    })
    one.pipe(other)
  }
}
