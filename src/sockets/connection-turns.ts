import { Pauses, worked } from '../waiting/arrivals.ts'
import { addressKey } from './address.ts'
import type { Connection } from './connection.ts'
import { TurnClock } from './turn-clock.ts'
import { TurnQueue, type Waiting } from './turn-queue.ts'

interface Turn extends Waiting {
  readonly connection: Connection
  readonly takeOver: () => void
}

/** Time in ms after which the next one waits for the next turn of the event loop. */
const LONGEST_MS = 2

/** Time in ms until late ones ask again if they may have a turn. */
const ASK_AGAIN_MS = 50

/**
 * The layers above (TLS, HTTP, XMPP) take over one connection after the other. That costs more than to accept it, with a
 * TLS handshake ten times as much. Each listener accepts one connection in a turn of the event loop, first come first
 * served. So while connections arrive, there are turns of the loop in which none is taken over. Otherwise a client would
 * wait behind a whole flood where nobody can choose: in the queue of the system.
 */
export class ConnectionTurns {
  readonly #queue = new TurnQueue<Turn>()
  readonly #waiting = new Map<Connection, Turn>()
  /** A connection is being taken over. */
  #isBusy = false
  /** The next turn of the event loop is awaited. */
  #isAwaiting = false
  readonly #pauses = new Pauses()
  readonly #clock: TurnClock
  /** The sources of those that had their turns, and neither have a session nor have ended. */
  readonly #trying = new Map<Connection, string>()
  #askAgain: NodeJS.Timeout | undefined

  /** `clock`: the time in ms by which connections are late. It never goes back. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = new TurnClock(clock)
  }

  /** Number of connections that wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** The connection that has waited longest. */
  get oldest(): Connection | undefined {
    for (const connection of this.#waiting.keys()) return connection
    return undefined
  }

  /** Does the connection wait for its turn? */
  has(connection: Connection): boolean {
    return this.#waiting.has(connection)
  }

  /** Notes that a listener has accepted a connection. More may wait. */
  arrived(): void {
    this.#pauses.arrived()
  }

  /** Calls `takeOver` when it is the connection's turn, which may be now, with the time in ms that it has waited. */
  add(connection: Connection, takeOver: (waitedMs: number) => void): void {
    const begin = performance.now()
    const { localPort, remoteAddress = '' } = connection.socket
    const turn: Turn = {
      connection,
      since: this.#clock.now,
      // A flood of one port has no more turns than another port, also for the same address.
      source: `${localPort} ${addressKey(remoteAddress) ?? remoteAddress}`,
      takeOver: () => takeOver(performance.now() - begin),
    }
    this.#waiting.set(connection, turn)
    this.#queue.add(turn)
    if (this.#queue.size === 1 && !this.#isBusy) this.#next(begin, (onlyLate) => this.#await(onlyLate))
    else this.#awaitLoop()
  }

  /** The connection has a session now. */
  hasSession(connection: Connection): void {
    this.#decided(connection, true)
  }

  /** The connection has ended. Returns true if it still waited. */
  delete(connection: Connection): boolean {
    this.#decided(connection, false)
    const turn = this.#waiting.get(connection)
    if (turn === undefined) return false
    this.#queue.delete(turn)
    return this.#waiting.delete(connection)
  }

  #decided(connection: Connection, withSession: boolean): void {
    const source = this.#trying.get(connection)
    if (source === undefined) return
    this.#trying.delete(connection)
    this.#queue.ended(source, withSession)
  }

  /** Each turn of the event loop ends with the connections for which there is time. */
  #awaitLoop(): void {
    if (this.#isAwaiting || this.#queue.size === 0) return
    this.#isAwaiting = true
    setImmediate(() => {
      this.#isAwaiting = false
      this.#next(performance.now(), (onlyLate) => {
        this.#pauses.turnEnded()
        this.#await(onlyLate)
      })
    })
  }

  #await(onlyLate: boolean): void {
    if (!onlyLate) this.#awaitLoop()
    else if (this.#queue.size > 0)
      this.#askAgain ??= setTimeout(() => {
        this.#askAgain = undefined
        this.#awaitLoop()
      }, ASK_AGAIN_MS).unref()
  }

  /**
   * Takes over one after the other, as long as there is time in a turn of the event loop that began at `start`. `end` is
   * told if at most late ones are left, which may not have a turn yet.
   */
  #next(start: number, end: (onlyLate: boolean) => void): void {
    const hasTime = performance.now() - start < LONGEST_MS && !this.#pauses.isPause
    const turn = hasTime ? this.#queue.take(this.#clock.now) : undefined
    this.#isBusy = turn !== undefined
    if (turn === undefined) {
      end(hasTime)
      return
    }
    this.#waiting.delete(turn.connection)
    this.#trying.set(turn.connection, turn.source)
    const before = worked()
    turn.takeOver()
    // Node does the work of a TLS handshake at the next tick, before this one.
    process.nextTick(() => {
      this.#pauses.after(worked() - before)
      this.#next(start, end)
    })
  }
}
