/**
 * Parses directories in a thread. Parsing YAML takes seconds for a large file, and for a small file made to take long.
 * In a thread it does not block the event loop.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { DirectoryError, type DirectoryProblem } from './errors.ts'
import type { LoadedDirectory } from './model.ts'
import type { ParseOptions } from './parse.ts'

/** A message to the thread. */
export interface ParseTask {
  readonly text: string
  readonly fileName: string
  readonly options: ParseOptions
}

/** The answer of the thread. */
export type ParseResult = { readonly loaded: LoadedDirectory } | { readonly problems: readonly DirectoryProblem[] }

/** Time limit. The largest directory takes about a minute on a slow machine. */
const LONGEST_MS = 300_000

/** Memory limit of the thread. A directory that needs more ends the thread, not the process. */
const MEMORY_MB = 4096

/** How long an idle thread stays. Starting a thread takes longer than parsing most directories. */
const IDLE_MS = 10_000

/** The program of the thread: the source if this module runs as source, else the compiled file. */
const PROGRAM = new URL(`./apart-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

const OUT_OF_MEMORY = z.object({ code: z.literal('ERR_WORKER_OUT_OF_MEMORY') })

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
/** Settles when the last task has settled. */
let last: Promise<unknown> = Promise.resolve()

/** Resolves with the result of `parseDirectory`, or rejects with its error. Several calls run one after the other. */
export function parseApart(
  text: string,
  fileName: string,
  options: ParseOptions = {},
  longestMs = LONGEST_MS,
): Promise<LoadedDirectory> {
  const parsed = last.then(() => parse({ text, fileName, options }, longestMs))
  last = parsed.catch(() => undefined)
  return parsed
}

async function parse(task: ParseTask, longestMs: number): Promise<LoadedDirectory> {
  clearTimeout(idle)
  thread ??= started()
  const working = thread
  // The thread keeps the process alive only while it works.
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
  // `once` in `parse` also gets the error. This listener only prevents an uncaught exception.
  worker.on('error', () => undefined)
  return worker
}

function end(worker: Worker): void {
  if (thread === worker) thread = undefined
  // The promise never rejects.
  void worker.terminate()
}
