/** Signals and errors that end a running server. */
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { dieBy, type StopSignal } from './leave.ts'

export interface StopRequest {
  /** Exit code after everything was closed. */
  readonly code: 0 | 1
  readonly signal?: StopSignal
}

/** npm and the terminal both send a Ctrl-C. A signal this soon after the first one is the same Ctrl-C. */
const ECHO_MS = 250

/** The thread kills this much later than the event loop, which logs a line first. */
const LINE_MS = 250

/**
 * Kills the process after this time. It uses a thread, because a disk that does not respond blocks the event loop.
 * While the loop is blocked, a signal is handled only when the disk responds.
 */
function killAfter(milliseconds: number): void {
  const program = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${milliseconds})`
  new Worker(program, { eval: true, execArgv: [] }).unref()
}

/**
 * Resolves at the first SIGINT or SIGTERM, or at an uncaught error, which is a bug. A second signal ends the process at
 * once. If the process has not ended `within` milliseconds after the first signal, it is killed.
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
