/**
 * An engine that is ready, while another process has the store. It has the states of all aggregates and applies each row
 * of the journal to them, so that a start of the engine has nothing to load.
 */

import type { Directory } from '../../directory/model.ts'
import { finished } from '../../waiting/steps.ts'
import { ComparedSetups } from '../configuration/compared-setups.ts'
import { type Arrangement, configuring } from '../configuration/configuration.ts'
import { asError } from '../contained.ts'
import { Probe } from '../inspection/probe.ts'
import { containedLog, type EngineLog } from '../log.ts'
import type { InSlices, JournalRow, StoredState, StoreFollower } from '../ports.ts'
import { RecoveryError } from '../recovery/recovery-error.ts'
import { RuleBook } from '../rules/rule-book.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { isOfOtherMachines } from '../rules/unknown-rules.ts'
import { LiveState } from './live-state.ts'

export interface StandbyOptions {
  /** As in `EngineOptions`. */
  readonly rules?: RuleSet | undefined
  readonly formerRules?: readonly RuleSet[] | undefined
  readonly log?: EngineLog | undefined
  readonly inSlices?: InSlices | undefined
  /**
   * What the engine will begin with, as it is now. The standby compares the users of the directory with those of the store
   * while it waits, so that the engine does not have to.
   */
  readonly beginsWith?: (() => BeginsWith) | undefined
}

export interface BeginsWith {
  readonly directory: Directory
  readonly arrangement: Arrangement
}

/** How a standby gets on. */
export interface StandbyFigures {
  /** Rows of the journal that the store had when it was last asked, and that are not applied yet; `undefined`: it loads. */
  readonly behind: number | undefined
  /** Rows that were applied one by one. */
  readonly rows: number
  /** How often it has loaded the store: once, if nothing forced it to begin again. */
  readonly loads: number
}

/** What a standby had when an engine went on with it. */
export interface Ready {
  readonly id: string
  readonly state: LiveState
}

export class HotStandby implements StoreFollower {
  readonly rules: RuleBook
  readonly probe = new Probe()
  readonly #log: EngineLog
  readonly #inSlices: InSlices
  readonly #beginsWith: (() => BeginsWith) | undefined
  #compared: ComparedSetups | undefined
  #ready: Ready | undefined
  #last = 0
  #rows = 0
  #loads = 0
  #isTakenOver = false

  /** Throws `InvalidArgument` for invalid rules. */
  constructor({ rules, formerRules, log, inSlices = async (work) => finished(work), beginsWith }: StandbyOptions = {}) {
    this.#beginsWith = beginsWith
    this.rules = new RuleBook(rules, formerRules)
    this.#log = containedLog(log)
    this.#inSlices = inSlices
  }

  get figures(): StandbyFigures {
    const behind = this.#ready && Math.max(0, this.#last - this.#ready.state.position)
    return { behind, rows: this.#rows, loads: this.#loads }
  }

  /** Whether the engine has gone on with this state, and has loaded nothing. */
  get isTakenOver(): boolean {
    return this.#isTakenOver
  }

  /** Rejects with `RecoveryError` if this version cannot continue with the content. */
  async begin(id: string, stored: Omit<StoredState, 'outbox'>): Promise<void> {
    this.#ready = undefined
    const { probe, rules } = this
    const state = await this.#inSlices(LiveState.of(stored, { probe, rules, isTwofold: true }))
    this.#ready = { id, state }
    this.#last = stored.lastPosition
    this.#loads += 1
    await this.#compare(state)
  }

  /** Rejects with `RecoveryError` for rows of newer machines, or of rules that were not given. */
  async next(rows: readonly JournalRow[], last: number): Promise<boolean> {
    const ready = this.#ready
    if (ready === undefined) return false
    this.#last = last
    try {
      await this.#inSlices(ready.state.apply(rows, last))
      this.#rows += rows.length
      await this.#compare(ready.state)
      return true
    } catch (thrown) {
      this.#ready = undefined
      const { message } = asError(thrown)
      if (isOfOtherMachines(thrown))
        throw new RecoveryError(`the standby cannot follow the other server: ${message}`, thrown)
      this.#log.warn({ err: message }, 'the standby cannot follow the journal any more: it loads the store again')
      return false
    }
  }

  async rewritten(): Promise<void> {
    if (this.#ready) await this.#inSlices(this.#ready.state.beginAnew())
  }

  /** Compares the users with those of the directory that the engine will begin with, once for each directory. */
  async #compare({ acknowledged }: LiveState): Promise<void> {
    if (!this.#beginsWith) return
    const { directory, arrangement } = this.#beginsWith()
    if (this.#compared?.isFor(directory, arrangement)) return
    this.#compared = new ComparedSetups(directory, arrangement)
    await this.#inSlices(configuring(acknowledged, directory, arrangement, this.#compared))
  }

  /** The comparison with this directory; `undefined` if there is none. */
  compared(directory: Directory, arrangement: Arrangement): ComparedSetups | undefined {
    return this.#compared?.isFor(directory, arrangement) ? this.#compared : undefined
  }

  /** Hands over what is ready, once. */
  take(): Ready | undefined {
    const ready = this.#ready
    this.#ready = undefined
    return ready
  }

  /** The engine goes on with what it took. */
  takenOver(rows: number): void {
    this.#rows += rows
    this.#isTakenOver = true
  }
}
