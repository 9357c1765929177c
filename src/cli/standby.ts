/** A server that follows the database while another one has it, and waits. It says so in its log and at `/health`. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { EngineUnavailable } from '../engine/api.ts'
import type { Store } from '../engine/ports.ts'
import type { HotStandby } from '../engine/standby/standby.ts'
import { Connections, connectionGuard } from '../sockets/index.ts'
import type { Standby } from '../store/index.ts'
import { urlHost } from './address.ts'
import { DEFAULTS } from './defaults.ts'
import { createHttpServer, endingAnswer } from './http-server.ts'
import { type Address, addMonitoring, type MonitoringSurface } from './monitoring.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import { version } from './version.ts'

/** The server that has the database, for people. */
type Holder = () => string

/**
 * Opens a store that another server may have. While it waits, `/health` answers 503 on the REST port, or on
 * `metricsListen`, and every other path 503 as well. Without these ports there is only the log.
 */
export async function openAsStandby(
  options: ServerOptions,
  logger: Logger,
  standby: HotStandby,
  open: (waits: Standby) => Promise<Store>,
): Promise<Store> {
  const cannotListen = new AbortController()
  const signals = [cannotListen.signal, ...(options.standby?.signal ? [options.standby.signal] : [])]
  let owner = ''
  let surface: Promise<StandbySurface | undefined> | undefined
  const onWaiting = (holder: string) => {
    owner = holder
    surface ??= openSurface(options, logger, standby, () => owner)
    surface.then(
      (opened) => logger.info({ owner, ...(opened && { health: opened.url }) }, `standby of ${owner}`),
      (error: unknown) => cannotListen.abort(error),
    )
  }
  try {
    return await open({ signal: AbortSignal.any(signals), onWaiting, follower: standby })
  } catch (error) {
    throw cannotListen.signal.aborted ? cannotListen.signal.reason : error
  } finally {
    await (await surface?.catch(() => undefined))?.close()
  }
}

interface StandbySurface extends MonitoringSurface {
  /** Where `/health` is. */
  readonly url: string
}

async function openSurface(
  options: ServerOptions,
  logger: Logger,
  standby: HotStandby,
  holder: Holder,
): Promise<StandbySurface | undefined> {
  const place = placeOf(options)
  if (place === undefined) return undefined
  const connections = new Connections({ guard: connectionGuard(options.connections), surface: 'metrics' })
  const routes = async (app: FastifyInstance) => addRoutes(app, options, standby, holder)
  const http = await createHttpServer(routes, undefined, connections, logger)
  const port = await http.listen(place)
  return {
    port,
    url: `http://${urlHost(place.host)}:${port}/health`,
    close: async () => {
      connections.close()
      await http.close()
    },
  }
}

function placeOf(options: ServerOptions): Address | undefined {
  const { host, ports } = wantedBy(options)
  if (options.metricsListen) return options.metricsListen
  return ports.restPort === 'off' ? undefined : { host, port: ports.restPort }
}

function addRoutes(app: FastifyInstance, options: ServerOptions, standby: HotStandby, holder: Holder): void {
  const { host } = wantedBy(options)
  const reason = () => `The server is a standby of ${holder()}`
  const health = () => ({
    ...({ status: 'OUT_OF_SERVICE', reason: reason(), standbyOf: holder() } as const),
    behind: standby.figures.behind ?? null,
    version: version(),
  })
  const metrics = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => metricsOf(standby) }
  addMonitoring(app, {
    own: 'A',
    sides: new Map([['A', { health, metrics }]]),
    names: [host, options.domain ?? DEFAULTS.domain],
    token: options.metricsToken,
  })
  app.setNotFoundHandler(async (request, reply) => {
    const { status, type, body } = endingAnswer(request.url, new EngineUnavailable(reason(), 'STORE'))
    return reply.code(status).type(type).send(body)
  })
}

/** While it loads, the number of rows behind is not known. */
function metricsOf({ figures }: HotStandby): string {
  const { behind, rows, loads } = figures
  return `# HELP mrdian_standby 1 while the server waits for a database that another one has
# TYPE mrdian_standby gauge
mrdian_standby 1
# HELP mrdian_standby_rows_behind Rows of the journal that the standby has not applied yet; NaN while it loads
# TYPE mrdian_standby_rows_behind gauge
mrdian_standby_rows_behind ${behind ?? 'NaN'}
# HELP mrdian_standby_rows_total Rows of the journal that the standby has applied
# TYPE mrdian_standby_rows_total counter
mrdian_standby_rows_total ${rows}
# HELP mrdian_standby_loads_total How often the standby has loaded the whole database
# TYPE mrdian_standby_loads_total counter
mrdian_standby_loads_total ${loads}
`
}
