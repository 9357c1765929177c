/** The times of a server, and its engine. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ClientLogFiles } from '../client-logs/index.ts'
import { type SystemClock, systemClock } from '../clock/system-clock.ts'
import { tellClockChanges } from '../clock/told.ts'
import { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts'
import { cutOff } from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import { startEngine } from '../engine/engine.ts'
import type { Clock } from '../engine/ports.ts'
import { fingerprints } from '../fingerprints/index.ts'
import { openTelemetry } from '../tracing/index.ts'
import { inSlices } from '../waiting/slices.ts'
import { DEFAULTS } from './defaults.ts'
import type { EndMarks } from './end-marks.ts'
import type { OpenedStore } from './opened-store.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import type { Parts } from './server-parts.ts'

export interface Times {
  /** Real time, also where virtual time stands still. */
  readonly running: SystemClock
  /** The time of the engine. */
  readonly clock: Clock
  readonly virtual: VirtualClock | undefined
}

/** @throws TypeError for options that contradict each other. */
export function timesOf({ virtualTime = false, clock, start }: ServerOptions, logger: Logger): Times {
  if (!virtualTime && start !== undefined)
    throw new TypeError('`start` is the beginning of virtual time: give `virtualTime` as well')
  if (virtualTime && clock !== undefined) throw new TypeError('give `clock` or `virtualTime`: there is one time')
  const virtual = virtualTime ? virtualClock(start) : undefined
  const running = systemClock()
  tellClockChanges(running, logger.child({ part: 'clock' }))
  return { running, clock: virtual ?? clock ?? running, virtual }
}

interface EngineParts {
  readonly opened: OpenedStore
  readonly times: Times
  readonly endMarks: EndMarks
  /** Its logs of desktops are erased with a customer's data. */
  readonly ownLogs: ClientLogFiles | undefined
  readonly logger: Logger
}

/** Starts the engine on the open store. `parts` gets it, and so stops it if the start fails later. */
export async function engineOf(
  options: ServerOptions,
  parts: Parts,
  { opened, times, endMarks, ownLogs, logger }: EngineParts,
): Promise<Engine> {
  const { store, standby, loaded, sides } = opened
  const { directory } = options
  if (typeof directory === 'string' && endMarks.isMissed(directory, loaded)) throw cutOff(directory)
  if (times.virtual && wantedBy(options).data !== DEFAULTS.virtualData)
    logger.warn('virtual time with a data file: POST /acd/reset deletes everything in it')
  const log = logger.child({ part: 'engine' })
  const engine = await startEngine({
    directory: loaded.directory,
    store,
    standby,
    clock: times.clock,
    // Refused notifications are sent again after a pause in real time, because virtual time may stand still.
    ...(times.virtual === undefined ? {} : { deliveryClock: times.running, resettable: true }),
    sides,
    serves: sides,
    retention: {
      journal: options.journalRetention ?? DEFAULTS.journalRetention,
      customerData: options.customerDataRetention ?? DEFAULTS.customerDataRetention,
    },
    eraseElsewhere: async (which) => void (await ownLogs?.erase(which)),
    ...(options.removalLimit ? { removalLimit: options.removalLimit } : {}),
    confirmRemovals: options.confirmRemovals ?? false,
    inSlices,
    fingerprints,
    log,
    trace: await openTelemetry(),
  })
  parts.engine = engine
  if (standby?.isTakenOver) {
    const { rows, loads } = standby.figures
    logger.info({ rows, loads }, `took over after ${rows} rows`)
  }
  await nextTurn()
  if (typeof directory === 'string') await endMarks.saw(directory, loaded)
  engine.on('reset', () => times.virtual?.reset())
  engine.on('drain', ({ phase }) => log.info(engine.get.drain(), DRAIN[phase]))
  return engine
}

const DRAIN = {
  BEGUN: 'draining: no new sign-ins and no new offers',
  DONE: 'drained: no work is in hand',
  OVER: 'the drain is over: tasks that wait are offered',
} as const
