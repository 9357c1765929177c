/** Runs a server in this process until it is told to stop. */
import { bannerOf, bannerText, logBanner } from './banner.ts'
import { reloadOnHangUp } from './hang-up.ts'
import { createLogger, resolveFormat } from './logger.ts'
import { readPasswordFile } from './password-input.ts'
import type { ServeOptions } from './serve-command.ts'
import { startServer } from './server.ts'
import { stopRequested } from './stop-request.ts'
import { storeLost } from './store-lost.ts'

/** Longer than all parts may take together to end. */
const LAST_RESORT_MS = 25_000

/** Never resolves: ends the process. Rejects with `StartFailure` when the server cannot be started. */
export async function serve({ logLevel, logFormat, ...given }: ServeOptions): Promise<never> {
  const isTerminal = process.stdout.isTTY
  const format = resolveFormat(logFormat, isTerminal)
  const logger = await createLogger({ level: logLevel, format, colours: isTerminal && !process.env.NO_COLOR })
  // Whoever read the output is gone; that is no reason to end.
  process.stdout.on('error', () => undefined)
  const stopping = stopRequested(logger)
  const options = await withSecrets(given)
  const server = await startServer({ ...options, logger })
  reloadOnHangUp(logger, () => server.reloadDirectory({ via: 'engine', by: 'SIGHUP' }))
  const banner = bannerOf(server, options.data)
  if (format === 'json') logBanner(logger, server, banner)
  else process.stdout.write(bannerText(banner))
  const { code } = await Promise.race([stopping, storeLost(server.engine)])
  setTimeout(() => {
    logger.fatal('the server does not end, giving up')
    process.exit(1)
  }, LAST_RESORT_MS).unref()
  await server.close()
  logger.info('stopped')
  process.exit(code)
}

/** The options with what files hold. */
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
