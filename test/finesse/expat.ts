/** expat, a conforming XML parser, in a process of Debian's Python, to compare with the XML reader. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

/** Another `python3` on the path may have been built without expat. */
const PYTHON = '/usr/bin/python3'

const isThere = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import xml.parsers.expat']).status === 0
/** Without expat the tests are skipped with a reason. Where `CI` is set, they fail instead. */
export const expatIsMissing = !isThere && !process.env.CI
export const needsExpat = expatIsMissing ? ` (needs ${PYTHON} with expat: apt-get install python3)` : ''

/** An element as expat reports it: pieces of text and elements in the order of the document. */
export interface RawElement {
  readonly name: string
  readonly content: readonly (RawElement | string)[]
}

const element: z.ZodType<RawElement> = z.lazy(() =>
  z.tuple([z.string(), z.array(z.union([z.string(), element]))]).transform(([name, content]) => ({ name, content })),
)
const answer = element.nullable()

export interface Expat {
  /** The root element. `null` if the document is not well-formed or has a DOCTYPE. */
  read(document: Uint8Array): Promise<RawElement | null>
  close(): Promise<void>
}

export function startExpat(): Expat {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'expat.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    read: async (document) => {
      child.stdin.write(`${Buffer.from(document).toString('base64')}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error('expat has ended')
      return answer.parse(JSON.parse(value))
    },
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}
