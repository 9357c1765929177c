/** When and why a running server has to end. */
import type { Logger } from 'pino'

export interface StopRequest {
  /** Exit code once everything has been closed. */
  readonly code: 0 | 1
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof SIGNALS

/** npm and the terminal each pass on a Ctrl-C: what comes this soon after a signal is the same one. */
const ECHO_MS = 250

/**
 * Resolves at the first SIGINT or SIGTERM, or at an error that nobody caught, which is a bug. A second signal ends the
 * process at once.
 */
export function stopRequested(logger: Logger): Promise<StopRequest> {
  return new Promise((resolve) => {
    let first: number | undefined
    const onSignal = (signal: Signal) => {
      if (first !== undefined && performance.now() - first >= ECHO_MS) process.exit(SIGNALS[signal])
      if (first !== undefined) return
      first = performance.now()
      logger.info({ signal }, 'stopping')
      resolve({ code: 0 })
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    const onBug = (error: unknown) => {
      logger.fatal({ err: error }, 'an unexpected error, stopping')
      resolve({ code: 1 })
    }
    process.on('uncaughtException', onBug)
    process.on('unhandledRejection', onBug)
  })
}
