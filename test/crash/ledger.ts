/**
 * The committed history, replayed from its first row: which notifications may have been sent, in which order, and which
 * state must exist. It uses only the journal, and then compares the snapshots with the result.
 */
import type { Side } from '../../machines/wire.ts'
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import { type Input, isInput } from '../../src/engine/input.ts'
import type { Output } from '../../src/engine/output.ts'
import type { AcdCallRequest, AcdRequest } from '../../src/engine/ports.ts'
import type { Notification } from '../../src/engine/values.ts'
import { renderUpdate } from '../../src/finesse/index.ts'
import type { FileContent, FileJournalRow } from './data-file.ts'

/** An outbox row that a committed step made. */
export interface Made {
  /** Number in the outbox. */
  readonly number: number
  /** Position of the step. */
  readonly position: number
  readonly lane: string
  readonly payload: Notification | AcdRequest | AcdCallRequest
}

/** A notification that a committed step made. */
export interface Committed extends Made {
  readonly notification: Notification
  /** The `Update` document. */
  readonly text: string
  /** The user of the lane was present, or was awaited. */
  readonly isOwed: boolean
}

/** The main fields of a row of the journal. */
export interface Note {
  readonly position: number
  readonly aggregate: string
  readonly at: number
  readonly outcome: string
  readonly input: Input
}

type Published = Extract<Output, { readonly type: 'publish' }>

const DOMAIN = {
  primaryHost: 'localhost',
  xmppDomain: 'localhost',
  pubsubDomain: 'pubsub.localhost',
  platform: 'CCE',
} as const

/** Pending offers, and all offers that were ever made. */
interface Offers {
  readonly ever: Set<string>
  /** Pending offer by task. */
  readonly standing: Map<string, string>
}

export class Ledger {
  readonly aggregates = new Aggregates()
  readonly committed = new Map<number, Committed>()
  /** Requests to an external ACD, by number. */
  readonly requested = new Map<number, Made>()
  /** Notifications of each lane, in order. */
  readonly lanes = new Map<string, Committed[]>()
  readonly notes: Note[] = []
  /** Ids of all commands that were applied: `requestId`, or Idempotency-Key. */
  readonly requests = new Set<string>()
  /** Ids of tasks and calls that were made. */
  readonly made = new Set<string>()
  readonly abandoned = new Set<string>()
  readonly hungUp = new Set<string>()
  /** Faults of the history itself. */
  readonly wrong: string[] = []
  readonly #offers: Offers = { ever: new Set(), standing: new Map() }
  storeId = ''
  readonly #sides: readonly Side[]
  /** Those whose notification service is away. */
  readonly #unserved = new Set<Side>()
  #position = 0
  #number = 0
  #lastAt = new Map<string, number>()

  /** `sides`: those of the servers. */
  constructor(sides: readonly Side[] = ['A']) {
    this.#sides = sides
  }

  get position(): number {
    return this.#position
  }

  /** Replays the rows that were read. Adds faults to `wrong`. */
  take(content: FileContent): void {
    if (this.storeId !== '' && this.storeId !== content.storeId) this.wrong.push('the store has another id')
    this.storeId = content.storeId
    const snapshots = new Map(content.snapshots.map((row) => [`${row.aggregate} ${row.sequence}`, row.state]))
    for (const row of content.journal) {
      if (row.position !== this.#position + 1)
        this.wrong.push(`the journal goes on with ${row.position} after ${this.#position}`)
      this.#take(row)
      this.#compare(row, snapshots)
    }
    if (content.lastOutboxNumber !== this.#number)
      this.wrong.push(`${this.#number} notifications were made, the store counts ${content.lastOutboxNumber}`)
    for (const { number, lane, payload } of content.outbox) {
      const known = this.committed.get(number) ?? this.requested.get(number)
      if (known?.lane !== lane || JSON.stringify(known.payload) !== JSON.stringify(payload))
        this.wrong.push(`outbox row ${number} of ${lane} is not what the journal says: ${JSON.stringify(payload)}`)
    }
  }

  /** Outbox number of an item id; `undefined` for an id of another form or of another store. */
  numberOf(itemId: string): number | undefined {
    const prefix = `${this.storeId}-`
    return itemId.startsWith(prefix) ? Number(itemId.slice(prefix.length)) : undefined
  }

  /** Whether a restart waits for the user: the presence was `PRESENT`, `GRACE` or `UNKNOWN` before it. */
  isAwaited(user: string): boolean {
    const context = this.aggregates.user(user)?.snapshot.context
    const presence = context?.presence.A?.getSnapshot().value
    return context !== undefined && ['PRESENT', 'GRACE', 'UNKNOWN'].includes(String(presence))
  }

  /** Deadlines before `time` (ms) that have not fired. */
  overdue(time: number): readonly string[] {
    return [...this.aggregates.values()].flatMap(({ id, nextDue, behaviour }) =>
      nextDue !== undefined && nextDue < time && !behaviour.finished
        ? [`${id} has a deadline of ${new Date(nextDue).toISOString()}`]
        : [],
    )
  }

  #take(row: FileJournalRow): void {
    const { aggregate: id, outcome, at, position } = row
    const aggregate = this.aggregates.open(id)
    const before = this.#lastAt.get(id) ?? 0
    const due = aggregate.dueUpTo(at)
    const own = { ...row, machineVersion: row.machine_version }
    let outputs: readonly Output[] = []
    try {
      outputs = aggregate.replay(own)
    } catch (error) {
      this.wrong.push(`row ${position} of ${id} cannot be replayed: ${String(error)}`)
    }
    // `replay` has just checked that it is an input of this version.
    const input = inputOf(row)
    this.notes.push({ position, aggregate: id, at, outcome, input })
    if (outcome === 'failed')
      this.wrong.push(`row ${position} of ${id} failed: ${row.error ?? JSON.stringify(row.input)}`)
    if (at < before) this.wrong.push(`row ${position} of ${id}: time runs backwards`)
    if (input.kind === 'deadline') {
      if (at !== Math.max(before, input.due))
        this.wrong.push(`row ${position} of ${id}: ${input.name} fired at ${at}, due ${input.due}`)
    } else if (due && due.due < at)
      this.wrong.push(`row ${position} of ${id} came before its deadline ${due.name} of ${due.due}`)
    this.#lastAt.set(id, at)
    this.#position = position
    this.#note(id, input, row.origin)
    this.#publish(row, outputs)
  }

  #note(aggregate: string, input: Input, origin: FileJournalRow['origin']): void {
    const id = commandOf(input, origin)
    if (id !== undefined) {
      if (this.requests.has(id)) this.wrong.push(`command ${id} was done twice`)
      this.requests.add(id)
    }
    if (input.kind === 'abandonTask') this.abandoned.add(input.task)
    if (input.kind === 'call' && input.event.type === 'CALLER_HANGS_UP')
      this.hungUp.add(aggregate.slice('call/'.length))
    if (input.kind === 'side' && input.dependency === 'notification-service')
      for (const side of this.#sides)
        if (aggregate === `side/${side}`) this.#unserved[input.change === 'LOST' ? 'add' : 'delete'](side)
    if (input.kind !== 'message') return
    const { body } = input
    const { ever, standing } = this.#offers
    switch (body.type) {
      case 'offer':
        if (ever.has(body.offer)) this.wrong.push(`offer ${body.offer} was made twice`)
        if (standing.has(body.task.id))
          this.wrong.push(
            `task ${body.task.id} was offered as ${body.offer} while offer ${standing.get(body.task.id)} was pending`,
          )
        ever.add(body.offer)
        standing.set(body.task.id, body.offer)
        return
      case 'refused':
        if (standing.get(body.task) === body.offer) standing.delete(body.task)
        return
      case 'handled':
      case 'ended':
        standing.delete(body.task)
        return
    }
  }

  #publish(row: FileJournalRow, outputs: readonly Output[]): void {
    const first = this.#number + 1
    const kept = this.#keptFor(row, outputs)
    for (const output of outputs) {
      if (output.type === 'reply' && output.id !== undefined) this.made.add(output.id)
      if (output.type === 'acd') {
        const lane = `acd:${row.aggregate}`
        this.#number += 1
        this.requested.set(this.#number, {
          number: this.#number,
          position: row.position,
          lane,
          payload: output.request,
        })
      }
      if (output.type === 'publish') this.#publishAt(row, output, kept)
    }
    if (row.first_outbox !== null && (row.first_outbox !== first || row.last_outbox !== this.#number))
      this.wrong.push(
        `row ${row.position} made ${first} to ${this.#number}, the journal says ${row.first_outbox} to ${row.last_outbox}`,
      )
  }

  /**
   * The sides that notifications of this row are kept for. Of a side without a service they are kept for a while; the
   * journal says how many there are.
   */
  #keptFor({ aggregate, first_outbox, last_outbox }: FileJournalRow, outputs: readonly Output[]): readonly Side[] {
    if (this.#sides.length === 1) return this.#sides
    const made = first_outbox === null || last_outbox === null ? 0 : last_outbox - first_outbox + 1
    const countFor = (sides: readonly Side[]) =>
      outputs.reduce((sum, output) => {
        if (output.type === 'acd') return sum + 1
        return output.type === 'publish' ? sum + concerned(sides, aggregate, output).length : sum
      }, 0)
    const served = this.#sides.filter((side) => !this.#unserved.has(side))
    return [this.#sides, served, []].find((sides) => countFor(sides) === made) ?? this.#sides
  }

  /** One row for each side that it concerns. */
  #publishAt({ aggregate, position }: FileJournalRow, output: Published, kept: readonly Side[]): void {
    for (const side of concerned(kept, aggregate, output)) {
      this.#number += 1
      const lane = `${side}:${aggregate}`
      const value = output.elsewhere?.[side]
      const notification = value ? { ...output.notification, value } : output.notification
      const text = renderUpdate(notification, DOMAIN)
      const isOwed = this.#isOwedTo(aggregate)
      const made = { number: this.#number, position, lane, payload: notification, notification, text, isOwed }
      this.committed.set(this.#number, made)
      const others = this.lanes.get(lane)
      if (others) others.push(made)
      else this.lanes.set(lane, [made])
    }
  }

  #isOwedTo(aggregate: string): boolean {
    const known = this.aggregates.user(aggregate.replace('user/', ''))
    const presence = String(known?.snapshot.context.presence.A?.getSnapshot().value)
    return known !== undefined && (['PRESENT', 'UNKNOWN'].includes(presence) || known.isAwaited('A'))
  }

  /** A snapshot must equal the state after its rows, byte for byte. */
  #compare({ aggregate, sequence }: FileJournalRow, snapshots: ReadonlyMap<string, string>): void {
    const kept = snapshots.get(`${aggregate} ${sequence}`)
    const state = this.aggregates.get(aggregate)?.snapshot().state
    if (kept === undefined || state === undefined) return
    if (JSON.stringify(state) !== JSON.stringify(JSON.parse(kept)))
      this.wrong.push(`the snapshot of ${aggregate} at ${sequence} differs from what its journal leads to`)
  }
}

/** What a side itself publishes is for itself. */
function concerned(sides: readonly Side[], aggregate: string, { only }: Published): readonly Side[] {
  return sides.filter(
    (side) => (only ?? side) === side && (!aggregate.startsWith('side/') || aggregate === `side/${side}`),
  )
}

/** The id that the client gave to a command. */
function commandOf(input: Input, origin: FileJournalRow['origin']): string | undefined {
  if ('event' in input && 'requestId' in input.event && input.event.requestId) return input.event.requestId
  return origin?.once?.key
}

function inputOf(row: FileJournalRow): Input {
  const { input } = row
  if (!isInput(input)) throw new Error(`row ${row.position} is not an input`)
  return input
}
