/**
 * Random numbers from one seed. Every purpose has its own stream, so that an additional draw for one purpose does not
 * change the others.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Drawn } from './scenario/schema.ts'

export interface Stream {
  /** The next number, at least 0 and less than 1. */
  next(): number
}

/** The stream for a purpose, for example `agent/1001/accept` or `contact/email_support#12`. */
export function stream(seed: number, purpose: string): Stream {
  const generator = xoroshiro128plus(mixed(seed, purpose))
  return { next: () => (generator.next() >>> 0) / 4_294_967_296 }
}

/** FNV-1a over seed and purpose, with a last round of mixing. 32 bits. */
function mixed(seed: number, purpose: string): number {
  let hash = 0x811c9dc5 ^ seed
  for (let at = 0; at < purpose.length; at += 1) hash = Math.imul(hash ^ purpose.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}

/** Draws a duration, in whole milliseconds. */
export function draw(from: Drawn, random: Stream): number {
  return Math.round(Math.min(Math.max(raw(from, random), from.min), from.max))
}

function raw({ constant, exponential, lognormal, uniform }: Drawn, random: Stream): number {
  if (constant !== undefined) return constant
  if (exponential !== undefined) return -Math.log(1 - random.next()) * exponential
  if (uniform !== undefined) return uniform[0] + random.next() * (uniform[1] - uniform[0])
  if (lognormal === undefined) return 0
  // Mean and standard deviation of the duration itself, not of its logarithm.
  const { mean, sd } = lognormal
  const variance = Math.log(1 + (sd * sd) / (mean * mean))
  return Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * normal(random))
}

/** A standard normal number (Box-Muller transform). */
function normal(random: Stream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}
