/** A time as an HTTP query parameter, in every form that `readTime` takes. */
import { z } from 'zod'
import { readTime } from './read.ts'

/** @param now the engine's time, to which `now`, `5m ago` and `08:30` refer; milliseconds since 1970 UTC. */
export const timeParameter = (now: number) =>
  z.string('a time is expected, once').transform((text, context) => {
    try {
      return readTime(text, { now })
    } catch (error) {
      context.addIssue(error instanceof RangeError ? error.message : 'there is no such time')
      return z.NEVER
    }
  })
