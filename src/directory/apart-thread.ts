/** The thread of `apart.ts`. It parses one directory at a time. */
import { parentPort } from 'node:worker_threads'
import type { ParseResult, ParseTask } from './apart.ts'
import { DirectoryError } from './errors.ts'
import { parseDirectory } from './parse.ts'

function resultOf({ text, fileName, options }: ParseTask): ParseResult {
  try {
    return { loaded: parseDirectory(text, fileName, options) }
  } catch (error) {
    if (error instanceof DirectoryError) return { problems: error.problems }
    throw error
  }
}

parentPort?.on('message', (task: ParseTask) => parentPort?.postMessage(resultOf(task)))
