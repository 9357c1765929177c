import type { Side } from '../../machines/wire.ts'
import type { Directory } from '../directory/model.ts'
import type { RemovalLimit } from '../directory/removals.ts'
import type { Fingerprints } from './answers/once.ts'
import type { EraseElsewhere } from './erasure/elsewhere.ts'
import type { InspectionObserver } from './inspection/api.ts'
import type { EngineLog } from './log.ts'
import type { AcdPort, Clock, InSlices, Store } from './ports.ts'
import type { Retention } from './retention/housekeeping.ts'
import type { RuleSet } from './rules/rule-set.ts'
import type { HotStandby } from './standby/standby.ts'
import type { Trace } from './trace-port.ts'

/** What the engine needs from outside. `createEngine` of the package fills in the usual parts. */
export interface EngineOptions {
  readonly directory: Directory
  /** The engine closes it in `close()`, and also if its start fails. */
  readonly store: Store
  /**
   * The standby that followed this store while another process had it. The engine goes on with its state, and loads
   * nothing. Its rules are those of the engine.
   */
  readonly standby?: HotStandby | undefined
  readonly clock: Clock
  /** The clock of the pauses before a refused notification is sent again. The default is `clock`. */
  readonly deliveryClock?: Clock | undefined
  /** The embedder's ACD. The default is the built-in ACD. */
  readonly acd?: AcdPort | undefined
  /** `authority` decides; `follower` takes its states from the user events of a Finesse. */
  readonly role?: 'authority' | 'follower' | undefined
  readonly sides?: readonly Side[] | undefined
  /** Your guards, which replace guards of the machines. The journal records the name of the set. */
  readonly rules?: RuleSet | undefined
  /** Sets that the store was written with before. Stored inputs are replayed with them; new inputs follow `rules`. */
  readonly formerRules?: readonly RuleSet[] | undefined
  /**
   * Sides that will get a notification service. Each is out of service until its service is attached, and its
   * notifications are kept until then, however long that takes. On other sides notifications go to listeners only,
   * until a service is attached. There is one exception: if the store says that users were connected before, the engine
   * keeps the notifications of every side from the start on. If no service is attached within the grace period of
   * presence, and at least a minute, it drops them and logs that.
   */
  readonly serves?: readonly Side[] | undefined
  /** How long the journal and customer data are kept. */
  readonly retention?: Retention | undefined
  /**
   * Erases personal data that you keep outside of the store, such as logs of desktops, together with those in it: on
   * request, and when their retention is over. If it rejects, it is asked again.
   */
  readonly eraseElsewhere?: EraseElsewhere | undefined
  /** True allows `reset()`, which empties the store. */
  readonly resettable?: boolean | undefined
  /**
   * True writes no snapshots, which saves a third of the work. An aggregate then cannot continue after a failed input.
   * For simulations whose state is thrown away, never for a service.
   */
  readonly throwaway?: boolean | undefined
  /** An inspector that sees all steps from the first one on. Others can be added later, with `engine.inspection`. */
  readonly inspect?: InspectionObserver | undefined
  /** How a start does its work, which is long for a large store. The default is in one piece. */
  readonly inSlices?: InSlices | undefined
  /** Hashes of commands with a key. Without it, commands that are sent again are done again. */
  readonly fingerprints?: Fingerprints | undefined
  /** How many users a start or a reload may remove without a confirmation. The default is a tenth, or two. */
  readonly removalLimit?: RemovalLimit | undefined
  /** Confirms that `directory` leaves out many users of the store. */
  readonly confirmRemovals?: boolean | undefined
  readonly log?: EngineLog | undefined
  /** Receives the spans. `createEngine` uses OpenTelemetry if `@opentelemetry/api` is installed. */
  readonly trace?: Trace | undefined
}
