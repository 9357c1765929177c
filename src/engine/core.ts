/**
 * One running engine on the contents of a store: its start, its stop, and what is asked of it. `assembly.ts` puts its
 * parts together. A reset replaces the core, while the front in `engine.ts` stays.
 */
import type { Directory } from '../directory/model.ts'
import { isInherited } from '../directory/names.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { withoutKey } from './answers/known-commands.ts'
import type { KeyedRequest, KeyedWork } from './answers/once.ts'
import type { FaultInput, Unavailability, UserEventInput } from './api.ts'
import { Assembly } from './assembly.ts'
import { configuration } from './configuration/configuration.ts'
import { drainInputs } from './drain/inputs.ts'
import { checkFault, faultInputs, faultScope } from './input/fault.ts'
import { checkUserEvent, followed, namesIn } from './input/followed.ts'
import { BATCH_MAX } from './input/inbox.ts'
import type { Input } from './input.ts'
import type { CoreParts } from './parts.ts'
import type { Origin } from './ports.ts'
import { recentRows } from './recovery/recent.ts'
import { setBack } from './recovery/set-back.ts'
import { startInputs } from './recovery/start-inputs.ts'
import { beginning } from './standby/beginning.ts'

const ENGINE: Origin = { via: 'engine' }

export class Core extends Assembly {
  /**
   * A core on the contents of the store, or on those of a standby. Nothing else may use the store before it resolves. Rejects with
   * `RecoveryError` if the contents cannot be read.
   */
  static async open(parts: CoreParts): Promise<Core> {
    const { store } = parts
    const from = await beginning(parts)
    const core = new Core(parts, from)
    await core.known?.start(async (recent) => {
      return [...(await recentRows(store.history, from.loaded, recent)), ...from.state.keyed]
    })
    return core
  }

  /**
   * Gives the aggregates what may have changed since the last process: the directory, the clock and the notification
   * services. The presence of users who were connected is unknown now. If they are many, the last of them get the input
   * that says so after the start.
   */
  async start(): Promise<void> {
    const { directory, arrangement, served, inSlices, standby } = this.parts
    const pause = this.housekeeping.pauseAtStart()
    this.loop.start()
    await this.#followClock()
    const former = this.attendance.former()
    const compared = standby?.compared(directory.current, arrangement)
    const start = { directory: directory.current, arrangement, served, former, compared }
    const inputs = await inSlices(startInputs(this.aggregates, start))
    // In portions of one commit, because taking all of them at once would be long.
    for (let first = 0; first < inputs.length; first += BATCH_MAX) {
      const portion = inputs.slice(first, first + BATCH_MAX)
      await Promise.all(portion.map(({ to, input }) => this.loop.submit(to, input, { origin: ENGINE })))
    }
    this.attendance.start()
    this.erasures.start()
    this.housekeeping.start(pause)
  }

  /**
   * Puts another directory in force. The aggregates get all differences in one commit. `committed` is called at this
   * commit, before any notification is sent.
   */
  async reload(directory: Directory, origin: Origin, committed: () => void): Promise<void> {
    const inputs = configuration(this.aggregates, directory, this.parts.arrangement)
    await this.loop.submitTogether(inputs, { origin }, () => {
      this.parts.directory.replace(directory)
      committed()
    })
    this.delivery.pump()
  }

  async userEvent(event: UserEventInput, origin: Origin): Promise<void> {
    const { arrangement, directory } = this.parts
    if (arrangement.role === 'authority')
      throw new InvalidArgument('an authority takes no user events: it is the Finesse')
    checkUserEvent(event)
    if (!this.aggregates.user(event.user)) throw new InvalidArgument(`there is no user ${event.user}`)
    for (const name of namesIn(event))
      if (isInherited(name)) throw new InvalidArgument(`the name "${name}" is reserved`)
    const input: Input = { kind: 'user', event: followed(event, directory.current) }
    await this.loop.submit(`user/${event.user}`, input, { origin, isFact: true })
  }

  async fault(fault: FaultInput, origin: Origin): Promise<void> {
    checkFault(fault, this.parts.arrangement.sides)
    // Submitted together, so that one commit has the failure and its consequences.
    const inputs = faultInputs(
      fault,
      faultScope(this.aggregates, this.parts.directory.current, this.parts.arrangement.sides),
    )
    await Promise.all(inputs.map(({ to, input }) => this.loop.submit(to, input, { origin })))
    this.delivery.pump()
  }

  /** See `EngineAdapters.once`. */
  async once<T>(request: KeyedRequest, work: KeyedWork<T>): Promise<T> {
    return this.known ? this.known.once(request, work) : work.first(withoutKey(request.origin))
  }

  /** Begins or ends a drain, on all sides and in all queues, in one commit. */
  async drain(on: boolean, origin: Origin): Promise<void> {
    const inputs = drainInputs(this.aggregates, on)
    if (inputs.length > 0) await this.loop.submitTogether(inputs, { origin })
    this.delivery.pump()
  }

  /** Finds out whether the store still takes changes. */
  tryStore(): void {
    this.loop.tryStore()
  }

  /** Commits the waiting inputs, then stops. */
  async close(): Promise<void> {
    this.#stop()
    await this.loop.close()
    // The last commits may still have outcomes.
    this.transfers.end()
    this.delivery.close()
  }

  /** See `Loop.hold`. */
  hold(): Promise<() => void> {
    return this.loop.hold()
  }

  /**
   * Stops at once and writes nothing more. Inputs that are under way get `EngineUnavailable` for this reason. Reads
   * still show the last state, as out of service.
   */
  abandon(why: Unavailability): void {
    this.ended = why
    this.lease.end(why)
    this.#stop()
    this.loop.abandon(why)
    this.transfers.end()
    this.delivery.close()
  }

  // ------------------------------------------------------------------------------------------------ inside

  /** Moves all times in the state back if the clock of this start is behind the journal. */
  async #followClock(): Promise<void> {
    const { clock, log } = this.parts
    const found = setBack(this.aggregates, clock.now())
    if (!found) return
    log.warn(
      { seconds: found.by / 1000 },
      'the clock is behind the last entry of the journal: all times and deadlines in the state are moved back by that much',
    )
    await this.loop.submitTogether(found.inputs, { origin: ENGINE })
  }

  #stop(): void {
    this.housekeeping.stop()
    this.statistics.stop()
    this.erasures.stop()
    this.known?.stop()
    this.attendance.close()
  }
}
