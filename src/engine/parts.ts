/** The parts of an engine that stay when a reset replaces the core. */
import type { Side } from '../../machines/wire.ts'
import { checkReserved } from '../directory/reserved.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { finished } from '../waiting/steps.ts'
import { AcdLink } from './acd/link.ts'
import type { Fingerprints } from './answers/once.ts'
import { type LoopFigures, noFigures } from './commit/figures.ts'
import type { Arrangement } from './configuration/configuration.ts'
import { DirectoryInForce } from './configuration/directory-in-force.ts'
import { textOf } from './contained.ts'
import { Complaints } from './delivery/complaints.ts'
import { Listeners } from './delivery/listeners.ts'
import type { EraseElsewhere } from './erasure/elsewhere.ts'
import type { EngineEvents } from './events.ts'
import { Probe } from './inspection/probe.ts'
import { containedLog, type EngineLog } from './log.ts'
import type { EngineOptions } from './options.ts'
import type { Clock, InSlices, Store } from './ports.ts'
import type { Retention } from './retention/housekeeping.ts'
import { RuleBook } from './rules/rule-book.ts'
import type { HotStandby } from './standby/standby.ts'

/** What a core gets from the front. */
export interface CoreParts {
  readonly directory: DirectoryInForce
  readonly store: Store
  /** Has the content of the store already. */
  readonly standby: HotStandby | undefined
  readonly clock: Clock
  /** The clock of the pauses before a refused notification is sent again. */
  readonly deliveryClock: Clock
  /** The external ACD, if there is one. */
  readonly link: AcdLink | undefined
  readonly arrangement: Arrangement
  /** The known sets of rules. `arrangement` says which set is in force. */
  readonly rules: RuleBook
  readonly retention: Retention
  readonly eraseElsewhere: EraseElsewhere
  readonly throwaway: boolean
  readonly inSlices: InSlices
  readonly fingerprints: Fingerprints | undefined
  readonly log: EngineLog
  readonly listeners: Listeners<EngineEvents>
  readonly figures: LoopFigures
  /** Collects the inspection events. */
  readonly probe: Probe
  /**
   * Sides that have, or will get, a notification service. Their notifications are kept until the service has accepted
   * them.
   */
  readonly served: Set<Side>
}

/** Throws `DirectoryError` for reserved ids, and `InvalidArgument` for invalid rules and options of a follower. */
export function partsOf(options: EngineOptions): CoreParts {
  checkReserved(options.directory)
  const { directory, store, standby, clock, deliveryClock = clock, acd, role = 'authority', sides = ['A'] } = options
  if (role === 'follower' && (acd !== undefined || options.rules !== undefined))
    throw new InvalidArgument('a follower decides nothing: it takes no acd and no rules')
  if (standby && options.rules !== undefined)
    throw new InvalidArgument('the standby has the rules: give them to it, and not to the engine')
  const rules = standby?.rules ?? new RuleBook(options.rules, options.formerRules)
  const log = containedLog(options.log)
  const complaints = new Complaints(() => deliveryClock.now())
  const probe = standby?.probe ?? new Probe()
  probe.reportTo((error) =>
    complaints.about('inspector', (since) => log.error({ err: textOf(error), ...since }, 'an inspector threw')),
  )
  return {
    directory: new DirectoryInForce(directory),
    store,
    standby,
    clock,
    deliveryClock,
    link: acd && new AcdLink(acd, deliveryClock, log),
    arrangement: {
      role,
      acd: acd !== undefined || role === 'follower' ? 'external' : 'built-in',
      sides,
      rules: rules.inForce,
      ...(acd?.callRequest ? { acdHasCalls: true as const } : {}),
    },
    rules,
    retention: options.retention ?? {},
    eraseElsewhere: options.eraseElsewhere ?? (async () => undefined),
    throwaway: options.throwaway ?? false,
    inSlices: options.inSlices ?? (async (work) => finished(work)),
    fingerprints: options.fingerprints,
    log,
    listeners: new Listeners((event, error) =>
      complaints.about(`listener of ${event}`, (since) =>
        log.error({ event, err: textOf(error), ...since }, 'a listener threw'),
      ),
    ),
    figures: noFigures(),
    probe,
    served: new Set(options.serves),
  }
}
