/**
 * While connections arrive, most turns of the event loop have to be without other work: each listener accepts one
 * connection in a turn. If the system's queue of connections that wait is full, it resets some, and TCP of the others
 * tries again after seconds.
 */

/** While connections arrive, the pause after some work is so many times as long as the work. */
const PAUSE = 2

/** Time in ms that the processor has worked for this thread. The work of other programs is no pause of this one. */
export function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The pauses of one kind of work. */
export class Pauses {
  /** A connection has arrived since the last turn of the event loop. */
  #arrival = false
  /** When the pause ends, in ms of `worked`. */
  #until = 0

  get hasArrival(): boolean {
    return this.#arrival
  }

  /** A listener has accepted a connection. More may wait. */
  arrived(): void {
    this.#arrival = true
  }

  /** A turn of the event loop has ended. */
  turnEnded(): void {
    this.#arrival = false
  }

  /** Some work is done, which took so many ms. */
  after(ms: number): void {
    this.#until = worked() + PAUSE * ms
  }

  get isPause(): boolean {
    return this.#arrival && worked() < this.#until
  }
}
