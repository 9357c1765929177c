/** A line of a recording: an entry of `script` or `expect` before it is written. */
import type { Recorded } from './contacts.ts'

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined }

export interface Line {
  /** Milliseconds since 1970 UTC. */
  at: number
  /** Written as `contact: KEY`. */
  readonly contact?: Recorded
  readonly fields: { readonly [key: string]: Value | undefined }
}
