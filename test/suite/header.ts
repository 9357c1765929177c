/** Reads the line ` * Slow, 40 s: why` in the first comment of a slow test file. */
import { readFileSync } from 'node:fs'

export interface Slow {
  /** Roughly, on two idle cores. Used only for the order of the slow files. */
  readonly seconds: number
  readonly why: string
}

const FIRST_COMMENT = /^\/\*\*[\s\S]*?\*\//
const SLOW = /^ \* Slow, (\d+) s: (\S.*)$/m

/** The line in the text of a test file; `undefined` for a file that is not slow. */
export function slowIn(text: string): Slow | undefined {
  const [, seconds, why] = SLOW.exec(FIRST_COMMENT.exec(text)?.[0] ?? '') ?? []
  return seconds === undefined || why === undefined ? undefined : { seconds: Number(seconds), why }
}

export const slowOf = (file: string): Slow | undefined => slowIn(readFileSync(file, 'utf8'))
