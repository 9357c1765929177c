/**
 * Parses directories in a thread of its own. YAML takes seconds for a large file, and for a small one that is made to take
 * long; here nobody waits for it but who asked.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { DirectoryError, type DirectoryProblem } from './errors.ts'
import type { LoadedDirectory } from './model.ts'

/** What the thread is given. */
export interface ParseTask {
  readonly text: string
  readonly fileName: string
}

/** What it answers. */
export type ParseResult = { readonly loaded: LoadedDirectory } | { readonly problems: readonly DirectoryProblem[] }

/** The largest directory takes about a minute on a slow machine. */
const LONGEST_MS = 300_000

/** A directory that needs more memory ends its thread, not the process. */
const MEMORY_MB = 4096

/** So long the thread stays for another one: its start takes longer than most directories. */
const IDLE_MS = 10_000

/** Sources run as they are, and so does what the compiler made of them. */
const PROGRAM = new URL(`./apart-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

const OUT_OF_MEMORY = z.object({ code: z.literal('ERR_WORKER_OUT_OF_MEMORY') })

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
/** Settles when the last task has. */
let last: Promise<unknown> = Promise.resolve()

/** Resolves and rejects as `parseDirectory` returns and throws. One after the other: each has the whole thread. */
export function parseApart(text: string, fileName: string, longestMs = LONGEST_MS): Promise<LoadedDirectory> {
  const parsed = last.then(() => parse({ text, fileName }, longestMs))
  last = parsed.catch(() => undefined)
  return parsed
}

async function parse(task: ParseTask, longestMs: number): Promise<LoadedDirectory> {
  clearTimeout(idle)
  thread ??= started()
  const working = thread
  // It keeps the process only while somebody waits for it.
  working.ref()
  const problem = (message: string) => new DirectoryError([{ file: task.fileName, path: '', message }])
  const over = new AbortController()
  const tooLong = setTimeout(() => over.abort(), longestMs)
  let result: ParseResult
  try {
    const answer = once(working, 'message', { signal: over.signal })
    working.postMessage(task)
    result = (await answer)[0]
  } catch (error) {
    end(working)
    if (over.signal.aborted) throw problem('takes too long to read')
    throw OUT_OF_MEMORY.safeParse(error).success ? problem('needs too much memory to be read') : error
  } finally {
    clearTimeout(tooLong)
  }
  working.unref()
  idle = setTimeout(() => end(working), IDLE_MS).unref()
  if ('problems' in result) throw new DirectoryError(result.problems)
  return result.loaded
}

function started(): Worker {
  const worker = new Worker(PROGRAM, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
  // Whoever waits for an answer hears of it as well; nobody else has to.
  worker.on('error', () => undefined)
  return worker
}

function end(worker: Worker): void {
  if (thread === worker) thread = undefined
  // It resolves in any case.
  void worker.terminate()
}
