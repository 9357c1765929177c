/** The parts of a running server, and how they are stopped. */
import type { Logger } from 'pino'
import type { Engine } from '../engine/api.ts'
import type { Store } from '../engine/ports.ts'
import type { Board } from '../inspect/board/index.ts'
import type { InspectorService } from '../inspect/index.ts'
import type { OwnerEnd } from '../pair/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { within } from '../waiting/within.ts'
import type { Phase } from './health.ts'
import type { MonitoringSurface } from './monitoring.ts'
import type { Seat } from './seat.ts'
import type { RunningSide } from './side.ts'
import type { StandbySurface } from './standby-surface.ts'

/** The parts that are running, so that a failed start and an orderly stop end them in the same way. */
export interface Parts {
  phase: Phase
  store?: Store
  engine?: Engine
  certificate?: TlsCertificate
  board?: Board
  inspector?: InspectorService
  monitoring?: MonitoringSurface
  /** The ports of the time in which it waited. */
  standby?: StandbySurface | undefined
  /** The side that it served in that time, until the engine has it. */
  seat?: Seat | undefined
  /** The end of the pair for the other server. */
  ownerEnd?: OwnerEnd
  readonly sides: RunningSide[]
}

/** Longest time for the end of each part. The parts have shorter limits of their own. */
const CLOSE_MS = 7000

/** Stops the parts in the reverse order of the start. If one part fails to stop, the others are still stopped. */
export async function stop(parts: Parts, logger: Logger): Promise<void> {
  parts.phase = 'STOPPING'
  const end = async (what: string, work: Promise<unknown> | undefined) => {
    try {
      if (work !== undefined && !(await within(CLOSE_MS, work))) logger.warn({ what }, 'did not end in time')
    } catch (error) {
      logger.error({ err: error, what }, 'did not end cleanly')
    }
  }
  const all = (work: (side: RunningSide) => Promise<void>) => Promise.all(parts.sides.map(work))
  parts.board?.close()
  await end(
    'requests',
    all((side) => side.drain()),
  )
  await end('inspector', parts.inspector?.close())
  await end(
    'notification service',
    all((side) => side.notifications.close()),
  )
  parts.ownerEnd?.close()
  await end(
    'REST port',
    all((side) => side.closeRest()),
  )
  await end('health and metrics', parts.monitoring?.close())
  await end('ports of the standby', parts.standby?.close())
  await end('the side that it served', parts.seat?.close())
  parts.certificate?.close()
  if (parts.engine !== undefined) await end('engine', parts.engine.close())
  else
    await end(
      'store',
      Promise.resolve().then(() => parts.store?.close()),
    )
}
