/** What a slow test file says of itself in its first comment: ` * Slow, 40 s: why`. */
import { readFileSync } from 'node:fs'

export interface Slow {
  /** On two quiet cores, about; what counts is which of the slow ones is the slowest. */
  readonly seconds: number
  readonly why: string
}

const FIRST_COMMENT = /^\/\*\*[\s\S]*?\*\//
const SLOW = /^ \* Slow, (\d+) s: (\S.*)$/m

/** What the text of a test file says; undefined for a file that is not slow. */
export function slowIn(text: string): Slow | undefined {
  const [, seconds, why] = SLOW.exec(FIRST_COMMENT.exec(text)?.[0] ?? '') ?? []
  return seconds === undefined || why === undefined ? undefined : { seconds: Number(seconds), why }
}

export const slowOf = (file: string): Slow | undefined => slowIn(readFileSync(file, 'utf8'))
