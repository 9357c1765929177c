/** SIGHUP: read the directory again. For a server whose terminal was closed it means what it always meant: end. */
import { closeSync, openSync } from 'node:fs'
import type { Logger } from 'pino'
import { DirectoryError, RemovalsNotConfirmed } from '../directory/index.ts'

/** Is there a terminal that controls this process? */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/** From now on SIGHUP calls `reload`, which logs what came of it; what fails is logged here. */
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
