/**
 * Delivery of outbox rows. Rows of one lane are sent in order, one after the other. A row is done when the service has
 * accepted it. A lane has the rows of one user, or of the side itself, on one side.
 */

import type { Side } from '../../../machines/wire.ts'
import { nextPause } from '../../waiting/pause.ts'
import type { AcdLink } from '../acd/link.ts'
import {
  type AcdCallRequest,
  type AcdRequest,
  type Clock,
  type Json,
  type OutboxRow,
  type Publisher,
  type Taken,
  Undeliverable,
} from '../ports.ts'
import type { Notification } from '../values.ts'
import { isNodeOf, itemIdOf, ownLaneOf, userOfLane } from './lanes.ts'

/** First and longest pause before a refused row is sent again, in ms. It doubles with every refusal. */
const BACK_OFF = { first: 100, longest: 10_000 }

export interface DeliveryOptions {
  /** The clock of the pauses between attempts. */
  readonly clock: Clock
  readonly storeId: string
  readonly acd: Pick<AcdLink, 'isStarted' | 'request'> | undefined
  /** True while the rows of this lane have to wait for a session of their user. */
  mustWait(lane: string): boolean
  /**
   * True if the user of this lane was connected before a restart or the loss of the service. Then a row on a node of
   * the user is done only when a session of the user got it.
   */
  mustBeHeard(lane: string): boolean
  /** The result of a row of this lane is known. Its next row may be under way already. */
  settled(lane: string): void
  /** The lane has no rows left. */
  emptied(lane: string): void
  /** Lanes were looked at again, because a side may have begun or stopped to publish. */
  pumped(): void
  /** True while the side publishes only SystemInfo (`notifications 12.3`). */
  isSilent(side: Side): boolean
  delivered(rows: readonly number[]): void
  /** The service of a side did not accept a notification for this node. Delivery will try again. */
  refused(side: Side, node: string, error: unknown): void
  /** A row was dropped, because it would block its node for ever. */
  undeliverable(row: number, error: Error): void
}

interface Lane {
  readonly side: Side | undefined
  readonly rows: OutboxRow[]
  /** A row was sent, and its result is not known yet. */
  busy: boolean
  /** Number of sessions of the user that have connected since the lane was made. */
  arrivals: number
  /** Number of the last row that was sent, if no session of the user got it and none has connected since. */
  unheard: number | undefined
  /** Nodes that refused a row, with the time (ms) from which they are tried again. */
  readonly blocked: Map<string, { readonly until: number; readonly pause: number }>
}

export class Delivery {
  readonly #options: DeliveryOptions
  readonly #publishers = new Map<Side, Publisher>()
  readonly #lanes = new Map<string, Lane>()
  /** Functions that cancel the planned attempts. */
  readonly #retries = new Set<() => void>()
  #idleWaiters: (() => void)[] = []
  readonly #answerWaiters = new Set<{ readonly requests: Set<number>; readonly resolve: () => void }>()
  #pending = 0
  #closed = false

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** Number of undelivered rows. */
  get pending(): number {
    return this.#pending
  }

  attach(side: Side, publisher: Publisher): void {
    this.#publishers.set(side, publisher)
    this.pump()
  }

  detach(side: Side): void {
    this.#publishers.delete(side)
    this.#resolveIdle()
    if (!this.#closed) this.#options.pumped()
  }

  /**
   * Resolves when there is no notification left that can be sent now. Notifications that wait for a service, for their
   * side or for their user do not count. Those that were refused and will be sent again do count.
   */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /**
   * Resolves when the ACD has answered all requests that are in the outbox now, or when the engine closes. A request
   * that the ACD refuses is made again, and counts as answered when the ACD accepts it.
   */
  async acdAnswered(): Promise<void> {
    const lanes = [...this.#lanes.values()].filter(({ side }) => side === undefined)
    const requests = new Set(lanes.flatMap(({ rows }) => rows.map(({ number }) => number)))
    if (requests.size === 0 || this.#closed) return
    await new Promise<void>((resolve) => this.#answerWaiters.add({ requests, resolve }))
  }

  /** Adds committed rows, in order. */
  add(rows: readonly OutboxRow[]): void {
    const touched = new Set<string>()
    for (const row of rows) {
      this.#lane(row.lane).rows.push(row)
      this.#pending += 1
      touched.add(row.lane)
    }
    for (const lane of touched) this.#pump(lane)
  }

  /** Numbers of the undelivered rows of a lane. */
  waitingIn(lane: string): readonly number[] {
    return this.#lanes.get(lane)?.rows.map(({ number }) => number) ?? []
  }

  /** A session of the user of this lane has connected. A row that no session got can be sent again now. */
  arrived(name: string): void {
    const lane = this.#lanes.get(name)
    if (!lane) return
    lane.arrivals += 1
    lane.unheard = undefined
  }

  /** True while a row of this lane was sent and its result is not known yet. */
  isBusy(lane: string): boolean {
    return this.#lanes.get(lane)?.busy ?? false
  }

  /** True if the lane has rows and does not wait for another session, because its last row got to no session. */
  isTried(lane: string): boolean {
    const found = this.#lanes.get(lane)
    return found !== undefined && found.unheard === undefined
  }

  get hasPublisher(): boolean {
    return this.#publishers.size > 0
  }

  /** The services that may publish now: their side is in service, and has no SystemInfo to send first. */
  open(): readonly (readonly [Side, Publisher])[] {
    return [...this.#publishers].filter(
      ([side]) => !this.#closed && !this.#options.isSilent(side) && !this.#hasSystemInfoToSend(side),
    )
  }

  /** Drops the undelivered rows of a side without a publisher. */
  drop(side: Side): void {
    const lanes = [...this.#lanes].filter(([, lane]) => lane.side === side)
    const rows = lanes.flatMap(([, lane]) => lane.rows)
    for (const [name] of lanes) this.#lanes.delete(name)
    this.#pending -= rows.length
    if (!this.#closed && rows.length > 0) this.#options.delivered(rows.map(({ number }) => number))
  }

  /** Replaces the payloads of undelivered rows, after the store has replaced them in its own copies (erasure). */
  change(payloadOf: (row: OutboxRow) => Json): void {
    for (const { rows } of this.#lanes.values())
      for (const [index, row] of rows.entries()) rows[index] = { ...row, payload: payloadOf(row) }
  }

  /**
   * Looks again whether rows can be sent. To be called when a condition that rows wait for may have changed.
   * `lanes`: those whose condition may have changed. There can be as many lanes as users, so say which, if you know.
   */
  pump(lanes: Iterable<string> = this.#lanes.keys()): void {
    for (const lane of lanes) this.#pump(lane)
    this.#resolveIdle()
    if (!this.#closed) this.#options.pumped()
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#retries) cancel()
    this.#retries.clear()
    this.#resolveIdle()
    for (const { resolve } of this.#answerWaiters) resolve()
    this.#answerWaiters.clear()
  }

  #isIdle(): boolean {
    const isUnderWay = (name: string, lane: Lane) => lane.side !== undefined && (lane.busy || this.#maySend(name, lane))
    return this.#closed || ![...this.#lanes].some(([name, lane]) => isUnderWay(name, lane))
  }

  #resolveIdle(): void {
    if (this.#idleWaiters.length === 0 || !this.#isIdle()) return
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name)
    if (known) return known
    const side = name.startsWith('A:') ? 'A' : name.startsWith('B:') ? 'B' : undefined
    const lane: Lane = { side, rows: [], busy: false, arrivals: 0, unheard: undefined, blocked: new Map() }
    this.#lanes.set(name, lane)
    return lane
  }

  #pump(name: string): void {
    const lane = this.#lanes.get(name)
    if (!lane || lane.busy || this.#closed || !this.#maySend(name, lane)) return
    const given = lane.unheard === undefined ? undefined : lane.rows.find(({ number }) => number === lane.unheard)
    // The row no longer waits for the user, and all other receivers have got it already.
    if (given) return this.#done(name, lane, given)
    const row = this.#next(lane)
    if (!row) return
    lane.busy = true
    const { arrivals } = lane
    this.#send(lane, row).then(
      (taken) =>
        this.#isDelivered(name, row, taken)
          ? this.#done(name, lane, row)
          : this.#waitForSession(name, lane, row, arrivals),
      (error: unknown) => {
        if (!(error instanceof Undeliverable)) return this.#refused(name, lane, row, error)
        this.#options.undeliverable(row.number, error)
        this.#done(name, lane, row)
      },
    )
  }

  /** The first row whose node is not blocked. */
  #next({ rows, blocked }: Lane): OutboxRow | undefined {
    const now = this.#options.clock.now()
    return rows.find((each) => (blocked.get(nodeOf(each))?.until ?? 0) <= now)
  }

  #maySend(name: string, { side, unheard }: Lane): boolean {
    const { acd, isSilent, mustWait, mustBeHeard } = this.#options
    if (side === undefined) return acd?.isStarted ?? false
    if (!this.#publishers.has(side)) return false
    if (name === ownLaneOf(side)) return true
    return !(
      isSilent(side) ||
      this.#hasSystemInfoToSend(side) ||
      mustWait(name) ||
      (unheard !== undefined && mustBeHeard(name))
    )
  }

  /** Is this row done? Only while `mustBeHeard`, a row on a node of the user has to reach a session of the user. */
  #isDelivered(name: string, { payload }: OutboxRow, taken: Taken | undefined): boolean {
    const of = userOfLane(name)
    if (!of || !isNotification(payload) || !isNodeOf(of.user, payload.node)) return true
    if (!this.#options.mustBeHeard(name)) return true
    return taken ? taken.toOwner : !this.#options.mustWait(name)
  }

  /**
   * True while a SystemInfo of the side has to be sent. When the side comes back, it is sent before everything else
   * (`notifications 12.3`). Other rows do not wait for a SystemInfo that the service has refused.
   */
  #hasSystemInfoToSend(side: Side): boolean {
    const lane = this.#lanes.get(ownLaneOf(side))
    return lane !== undefined && (lane.busy || this.#next(lane) !== undefined)
  }

  /** Sends one row and returns the answer of the service. */
  async #send({ side }: Lane, row: OutboxRow): Promise<Taken | undefined> {
    if (row.kind === 'acd') {
      if (isAcdRequest(row.payload)) await this.#options.acd?.request(row.payload)
      return undefined
    }
    const publisher = side && this.#publishers.get(side)
    if (!publisher) throw new Error('no notification service')
    if (!isNotification(row.payload)) return undefined
    const itemId = itemIdOf(this.#options.storeId, row.number)
    const taken = await publisher.publish({ itemId, lane: row.lane, notification: row.payload })
    return typeof taken === 'object' ? taken : undefined
  }

  #done(name: string, lane: Lane, row: OutboxRow): void {
    lane.busy = false
    lane.unheard = undefined
    lane.blocked.delete(nodeOf(row))
    lane.rows.splice(
      lane.rows.findIndex((each) => each.number === row.number),
      1,
    )
    this.#pending -= 1
    if (lane.rows.length === 0) this.#lanes.delete(name)
    if (!this.#closed) this.#options.delivered([row.number])
    this.#resolveAnswered(row.number)
    if (!this.#closed && lane.rows.length === 0) this.#options.emptied(name)
    this.#continue(name, lane)
  }

  #resolveAnswered(row: number): void {
    for (const waiter of this.#answerWaiters) {
      waiter.requests.delete(row)
      if (waiter.requests.size > 0) continue
      this.#answerWaiters.delete(waiter)
      waiter.resolve()
    }
  }

  /** The row waits for the next session. If a session has connected since it was sent, it is sent again at once. */
  #waitForSession(name: string, lane: Lane, row: OutboxRow, arrivals: number): void {
    lane.busy = false
    if (lane.arrivals === arrivals) lane.unheard = row.number
    this.#continue(name, lane)
  }

  /** After an attempt: goes on with the lane, or with all lanes if they waited for SystemInfo. */
  #continue(name: string, { side }: Lane): void {
    if (side !== undefined && name === ownLaneOf(side)) this.pump()
    else {
      this.#pump(name)
      this.#resolveIdle()
    }
    if (!this.#closed) this.#options.settled(name)
  }

  /** Blocks the node for a pause. The other nodes of the lane go on. */
  #refused(name: string, lane: Lane, row: OutboxRow, error: unknown): void {
    lane.busy = false
    if (lane.side && !this.#closed) this.#options.refused(lane.side, nodeOf(row), error)
    const { clock } = this.#options
    const pause = nextPause(BACK_OFF, lane.blocked.get(nodeOf(row))?.pause)
    const until = clock.now() + pause
    lane.blocked.set(nodeOf(row), { until, pause })
    if (this.#closed) return
    const cancel = clock.at(until, () => {
      this.#retries.delete(cancel)
      this.#pump(name)
    })
    this.#retries.add(cancel)
    this.#continue(name, lane)
  }
}

const nodeOf = ({ payload }: OutboxRow): string => (isNotification(payload) ? payload.node : 'acd')

/** Is this payload a notification, or else a request to the ACD? The outbox holds nothing else. */
export function isNotification(payload: unknown): payload is Notification {
  return typeof payload === 'object' && payload !== null && 'node' in payload && 'value' in payload
}

type AnyRequest = AcdRequest | AcdCallRequest

function isAcdRequest(payload: Json | AnyRequest): payload is AnyRequest {
  return typeof payload === 'object' && payload !== null && 'type' in payload
}
