/** When and why a running server has to end. */
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { dieBy, type StopSignal } from './leave.ts'

export interface StopRequest {
  /** Exit code once everything has been closed. */
  readonly code: 0 | 1
  readonly signal?: StopSignal
}

/** npm and the terminal each pass on a Ctrl-C: what comes this soon after a signal is the same one. */
const ECHO_MS = 250

/** So much later than the loop itself, which writes a line first. */
const LINE_MS = 250

/**
 * Kills the process then, from a thread of its own: a disk that does not answer holds the loop up. A signal that comes while
 * it does so already is heard when the disk answers.
 */
function killAfter(milliseconds: number): void {
  const program = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${milliseconds})`
  new Worker(program, { eval: true, execArgv: [] }).unref()
}

/**
 * Resolves at the first SIGINT or SIGTERM, or at an error that nobody caught, which is a bug. A second signal ends the
 * process at once, and so does the end of `within` ms after the first.
 */
export function stopRequested(logger: Logger, within: number): Promise<StopRequest> {
  return new Promise((resolve) => {
    let first: number | undefined
    const limit = () => {
      if (!Number.isFinite(within)) return
      killAfter(within + LINE_MS)
      setTimeout(() => {
        logger.fatal({ seconds: within / 1000 }, 'the server does not end in time, and is killed')
        dieBy('SIGKILL')
      }, within).unref()
    }
    const onSignal = (signal: StopSignal) => {
      if (first !== undefined && performance.now() - first >= ECHO_MS) dieBy(signal)
      if (first !== undefined) return
      first = performance.now()
      logger.info({ signal }, 'stopping')
      limit()
      resolve({ code: 0, signal })
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    const onBug = (error: unknown) => {
      logger.fatal({ err: error }, 'an unexpected error, stopping')
      limit()
      resolve({ code: 1 })
    }
    process.on('uncaughtException', onBug)
    process.on('unhandledRejection', onBug)
  })
}
