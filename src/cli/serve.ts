/** Runs a server in this process until it is told to stop. */

import { within } from '../waiting/within.ts'
import { bannerOf, bannerText, logBanner } from './banner.ts'
import { DEFAULTS } from './defaults.ts'
import { reloadOnHangUp } from './hang-up.ts'
import { leave } from './leave.ts'
import { createLogger, resolveFormat } from './logger.ts'
import { readPasswordFile } from './password-input.ts'
import type { ServeOptions } from './serve-options.ts'
import { startServer } from './server.ts'
import { shownData } from './server-data.ts'
import { stopRequested } from './stop-request.ts'
import { storeLost } from './store-lost.ts'

/** If a stop is requested during the start, the start has this long to end, so that everything it opened is closed. */
const START_MS = 3000

/** Never resolves, because it ends the process. Rejects with `StartFailure` if the server cannot be started. */
export async function serve({
  logLevel,
  logFormat,
  stopWithin = DEFAULTS.stopWithin,
  ...options
}: ServeOptions): Promise<never> {
  const isTerminal = process.stdout.isTTY
  const format = resolveFormat(logFormat, isTerminal)
  const logger = await createLogger({ level: logLevel, format, colours: isTerminal && !process.env.NO_COLOR })
  // The reader of the output may have gone away. The server continues.
  process.stdout.on('error', () => undefined)
  const stopping = stopRequested(logger, stopWithin)
  // A stop by request uses the signal, so that every stop has the same limits.
  const onStop = () => process.kill(process.pid, 'SIGTERM')
  const { standby, ...wanted } = options
  const waiting = new AbortController()
  const starting = withSecrets(wanted).then((complete) =>
    startServer({ ...complete, ...(standby ? { standby: { signal: waiting.signal } } : {}), logger, onStop }),
  )
  const first = await Promise.race([starting, stopping])
  if (!('close' in first)) {
    waiting.abort()
    const ended = starting.then((started) => started.close()).catch(() => undefined)
    await within(START_MS, ended)
    logger.info('stopped before it was in service')
    return leave(first.code, first.signal)
  }
  const server = first
  reloadOnHangUp(logger, () => server.reloadDirectory({ via: 'engine', by: 'SIGHUP' }))
  const banner = bannerOf(server, shownData(options.data))
  if (format === 'json') logBanner(logger, server, banner)
  else process.stdout.write(bannerText(banner))
  const end = await Promise.race([stopping, storeLost(server.engine)])
  await server.close()
  logger.info('stopped')
  return leave(end.code, 'signal' in end ? end.signal : undefined)
}

/** The options, with the secrets that the files contain. */
async function withSecrets<T extends Pick<ServeOptions, 'xmppPasswordFile' | 'metricsTokenFile'>>({
  xmppPasswordFile,
  metricsTokenFile,
  ...options
}: T) {
  return {
    ...options,
    ...(xmppPasswordFile === undefined ? {} : { xmppPassword: await readPasswordFile(xmppPasswordFile) }),
    ...(metricsTokenFile === undefined ? {} : { metricsToken: await readPasswordFile(metricsTokenFile) }),
  }
}
