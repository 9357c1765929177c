/** SIGHUP makes the server read the directory again. If the server's terminal was closed, it ends the server. */
import { closeSync, openSync } from 'node:fs'
import type { Logger } from 'pino'
import { DirectoryError, RemovalsNotConfirmed } from '../directory/index.ts'

/** Does this process have a controlling terminal? */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** From now on SIGHUP calls `reload`, which logs its own results. Unexpected errors are logged here. */
export function reloadOnHangUp(logger: Logger, reload: () => Promise<unknown>): void {
  const hadTerminal = hasTerminal()
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) {
      process.kill(process.pid, 'SIGTERM')
      return
    }
    reload().catch((error: unknown) => {
      const isLogged = error instanceof DirectoryError || error instanceof RemovalsNotConfirmed
      if (!isLogged) logger.error({ err: error }, 'the directory could not be reloaded')
    })
  })
}
