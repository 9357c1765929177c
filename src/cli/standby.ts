/**
 * A server that follows the database while another one has it, and waits. Its HTTP ports pass requests on to that one; it says in its log
 * and at `/health` that it waits.
 */
import type { Logger } from 'pino'
import type { Store } from '../engine/ports.ts'
import type { HotStandby } from '../engine/standby/standby.ts'
import { PAIR_HEADER, proofOf } from '../pair/index.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { Standby } from '../store/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { DEFAULTS } from './defaults.ts'
import type { SideHealth } from './health.ts'
import type { Monitoring } from './monitoring.ts'
import type { Seat } from './seat.ts'
import type { ServerOptions } from './server-options.ts'
import { openStandbySurface, type StandbySurface } from './standby-surface.ts'
import { version } from './version.ts'

export interface StandbyParts {
  readonly standby: HotStandby
  readonly certificate: TlsCertificate | undefined
  readonly limits: ConnectionLimits
  /** Host names of the server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** The side that this server serves while it waits; `undefined`: none. */
  readonly seat: Seat | undefined
  readonly logger: Logger
}

export interface OpenedAsStandby {
  readonly store: Store
  /** The ports, if they were opened. They answer 503 until they are closed. */
  readonly surface: StandbySurface | undefined
}

/** The server that has the database, for people, and where it can be reached. */
interface Owner {
  readonly holder: string
  readonly address: string | undefined
}

/**
 * Opens a store that another server may have. While it waits, the REST ports pass requests on to that server, and
 * `/health` answers 503 there, or on `metricsListen`. Without these ports there is only the log.
 */
export async function openAsStandby(
  options: ServerOptions,
  parts: StandbyParts,
  open: (waits: Standby) => Promise<Store>,
): Promise<OpenedAsStandby> {
  const { logger, standby, seat } = parts
  const cannotListen = new AbortController()
  const signals = [cannotListen.signal, ...(options.standby?.signal ? [options.standby.signal] : [])]
  let owner: Owner | undefined
  let opening: Promise<StandbySurface> | undefined
  seat?.failed.catch((error: unknown) => cannotListen.abort(error))
  const onWaiting = (holder: string, address: string | undefined, key: string) => {
    const isAnother = owner?.holder !== holder
    owner = { holder, address }
    opening ??= openStandbySurface({
      ...{ options, ...parts },
      monitoring: monitoringOf(options, parts, () => owner),
      answers: { cors: options.cors ?? DEFAULTS.cors, names: parts.names, state: () => stateOf(owner) },
    })
    opening.then(
      ({ forwarder, health }) => {
        if (isAnother) {
          forwarder.leave()
          logger.info({ owner: holder, ...(health && { health }) }, `standby of ${holder}`)
        }
        forwarder.passOnTo(address, seat && [PAIR_HEADER, proofOf(key, seat.side, 'clients')])
        if (address !== undefined) seat?.ownedBy({ address, key })
        if (address !== undefined) logger.info({ address }, `requests are passed on to ${address}`)
      },
      (error: unknown) => cannotListen.abort(error),
    )
  }
  try {
    const store = await open({ signal: AbortSignal.any(signals), onWaiting, follower: standby })
    if (owner) logger.info(`taking over from ${owner.holder}`)
    owner = undefined
    await seat?.takeOver()
    const surface = await opening?.catch(async (problem: unknown) => {
      await store.close()
      throw problem
    })
    surface?.forwarder.leave()
    return { store, surface }
  } catch (error) {
    await seat?.close()
    await (await opening?.catch(() => undefined))?.close()
    throw cannotListen.signal.aborted ? cannotListen.signal.reason : error
  }
}

const stateOf = (owner: Owner | undefined): string =>
  owner === undefined ? 'The server is starting' : `The server is a standby of ${owner.holder}`

const healthOfSide = (seat: Seat | undefined, owner: Owner | undefined): SideHealth =>
  seat?.isLinked ? { status: 'IN_SERVICE' } : { status: 'OUT_OF_SERVICE', reason: stateOf(owner) }

function monitoringOf(
  options: ServerOptions,
  { names, standby, seat }: StandbyParts,
  owner: () => Owner | undefined,
): Monitoring {
  const health = () => {
    const of = owner()
    const about = of && { standbyOf: of.holder, ...(of.address === undefined ? {} : { owner: of.address }) }
    return {
      ...healthOfSide(seat, of),
      ...about,
      behind: standby.figures.behind ?? null,
      version: version(),
    } as const
  }
  const side = seat?.side ?? 'A'
  const metrics = {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: async () => metricsOf(standby, seat),
  }
  return { own: side, sides: new Map([[side, { health, metrics }]]), names, token: options.metricsToken }
}

/** While it loads, the number of rows behind is not known. */
function metricsOf({ figures }: HotStandby, seat: Seat | undefined): string {
  const { behind, rows, loads } = figures
  return `${seat === undefined ? '' : linkMetric(seat)}# HELP mrdian_standby 1 while the server waits for a database that another one has
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

const linkMetric = ({
  isLinked,
}: Seat) => `# HELP mrdian_pair_linked 1 while the owner of the database is linked to the side that this server serves
# TYPE mrdian_pair_linked gauge
mrdian_pair_linked ${isLinked ? 1 : 0}
`
