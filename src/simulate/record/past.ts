/** The state of all aggregates at one moment of the journal, moved on row by row. */
import { mediaView, taskView, userView } from '../../../machines/index.ts'
import { Aggregates } from '../../engine/aggregate/aggregates.ts'
import { mrdOfTask } from '../../engine/aggregate/queue/tasks.ts'
import type { UserBehaviour } from '../../engine/aggregate/user/behaviour.ts'
import type { Output } from '../../engine/output.ts'
import type { History, JournalRow, Json } from '../../engine/ports.ts'
import { currentRow, currentSnapshot } from '../../engine/recovery/migrations.ts'
import { isOfOtherMachines } from '../../engine/rules/unknown-rules.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** After this many inputs an aggregate takes its state as a new base and drops them. A large state waits longer. */
const REBASE_AFTER = 256

/** The machines of this program refuse a row of the journal. */
export class PastRefused extends InvalidArgument {
  constructor(row: JournalRow, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`row ${row.position} of ${row.aggregate} cannot be applied again (${why}); see mrdian replay`, { cause })
  }
}

export class PastEngine {
  readonly aggregates = new Aggregates()
  readonly #history: History

  constructor(history: History) {
    this.#history = history
  }

  /**
   * Restores all aggregates as they were before the row at `position`, which is the first row at `time` (ms) or later.
   */
  async restore(position: number, time: number): Promise<void> {
    const all = await this.#history.aggregates()
    const kept = all.filter(({ name, ended }) => !ended && !name.startsWith('call/'))
    for (const { name } of kept) await this.#restore(name, position, time)
    for (const { name } of kept) {
      const user = this.aggregates.user(name.slice('user/'.length))
      if (!name.startsWith('user/') || !user) continue
      for (const call of Object.keys(user.snapshot.context.legs))
        if (!this.aggregates.get(`call/${call}`)) await this.#restore(`call/${call}`, position, time)
    }
  }

  /** Applies the next row, in order of positions. Returns the outputs of the step. */
  async apply(row: JournalRow): Promise<readonly Output[]> {
    // A call without an agent, for example one that waits in a queue, is restored when its first row comes.
    if (row.sequence > 1 && !this.aggregates.get(row.aggregate))
      await this.#restore(row.aggregate, row.position, row.at)
    const aggregate = this.aggregates.open(row.aggregate)
    if (row.sequence <= aggregate.sequence) return []
    try {
      const outputs = aggregate.replay(currentRow(row))
      if (aggregate.behaviour.finished) this.aggregates.forget(row.aggregate)
      else if (aggregate.tail.rows.length >= REBASE_AFTER && aggregate.tail.snapshotIsDue)
        aggregate.tail.rebase(aggregate.snapshot())
      return outputs
    } catch (error) {
      throw isOfOtherMachines(error) ? error : new PastRefused(row, error)
    }
  }

  user(id: string): UserBehaviour | undefined {
    return this.aggregates.user(id)
  }

  /** Agent state, voice. */
  voice(id: string) {
    const user = this.user(id)
    return user && userView(user.snapshot)
  }

  /** The media of a user that the user is a member of. */
  media(id: string) {
    const user = this.user(id)
    if (!user) return []
    return Object.entries(user.snapshot.context.media)
      .filter(([mrd]) => user.setup.config.mrds[mrd]?.member)
      .map(([, medium]) => mediaView(medium.getSnapshot()))
  }

  /** Time since when a user waits for tasks of an MRD, in ms since 1970 UTC. */
  availableSince(id: string, mrd: string): number {
    return this.user(id)?.snapshot.context.media[mrd]?.getSnapshot().context.availableSince ?? 0
  }

  /** Open nonvoice dialogs of a user. */
  dialogs(id: string) {
    const user = this.user(id)
    if (!user) return []
    return Object.values(user.snapshot.context.media)
      .flatMap((medium) => Object.values(medium.getSnapshot().context.dialogs))
      .map((dialog) => taskView(dialog.getSnapshot()))
  }

  /** Presence on side A: its state and the available sessions. */
  presence(id: string): { readonly state: string; readonly sessions: readonly string[] } {
    const snapshot = this.user(id)?.snapshot.context.presence.A?.getSnapshot()
    return { state: snapshot?.value ?? 'ABSENT', sessions: snapshot?.context.sessions ?? [] }
  }

  /** When a deadline of a user is due, in ms since 1970 UTC. For names of which a user has at most one deadline. */
  deadline(user: string, name: string): number | undefined {
    const state = this.aggregates.get(`user/${user}`)?.snapshot().state
    if (typeof state !== 'object' || state === null || !('deadlines' in state)) return undefined
    for (const each of isList(state.deadlines) ? state.deadlines : [])
      if (
        typeof each === 'object' &&
        each !== null &&
        'name' in each &&
        each.name === name &&
        typeof each.due === 'number'
      )
        return each.due
    return undefined
  }

  /** A task of a built-in queue, open or remembered. */
  task(id: string) {
    return this.aggregates.queue(mrdOfTask(id))?.tasks.get(id)
  }

  async #restore(name: string, position: number, time: number): Promise<void> {
    const snapshot = await this.#history.snapshot(name, time - 1)
    if (snapshot) this.aggregates.open(name, currentSnapshot(snapshot))
    for await (const row of this.#history.rows(name, snapshot?.sequence ?? 0)) {
      if (row.position >= position) return
      await this.apply(row)
    }
  }
}
