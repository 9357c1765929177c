import type { Packet } from '../../xml/markup.ts'

interface Waiting {
  readonly packet: Packet
  readonly bytes: number
  /** `undefined` once it was called. */
  written: ((failure?: Error) => void) | undefined
}

/** Packets that were taken from an outbox to be sent. */
export interface Taken {
  readonly packets: readonly Packet[]
  readonly bytes: number
  /** Reports to the senders that the packets were sent. */
  written(): void
  /** Reports to the senders that the packets are lost, because the session has ended. */
  lost(): void
}

/** Packets that wait, in order, for a request whose answer can carry them. */
export class Outbox {
  readonly #most: number
  readonly #waiting: Waiting[] = []
  #bytes = 0

  /** `most`: most bytes in one answer, unless a single packet has more. */
  constructor(most: number) {
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Adds a packet and returns its size in bytes. */
  add(packet: Packet, written: (failure?: Error) => void): number {
    const bytes = Buffer.byteLength(packet.framed)
    this.#waiting.push({ packet, bytes, written })
    this.#bytes += bytes
    return bytes
  }

  /** Takes the next packets, as many as fit into one answer. */
  take(): Taken {
    return this.#take(this.#most)
  }

  takeAll(): Taken {
    return this.#take(Number.POSITIVE_INFINITY)
  }

  #take(most: number): Taken {
    const taken: Waiting[] = []
    let bytes = 0
    for (const next of this.#waiting) {
      if (taken.length > 0 && bytes + next.bytes > most) break
      taken.push(next)
      bytes += next.bytes
    }
    this.#waiting.splice(0, taken.length)
    this.#bytes -= bytes
    const lost = () => report(taken, new Error('the session has ended'))
    return { packets: taken.map(({ packet }) => packet), bytes, written: () => report(taken), lost }
  }

  /**
   * Reports all waiting packets as written, because no request is open. They are lost with the session if the client
   * sends no further request.
   */
  handOver(): void {
    report(this.#waiting)
  }
}

function report(waiting: readonly Waiting[], failure?: Error): void {
  for (const each of waiting) {
    const { written } = each
    each.written = undefined
    written?.(failure)
  }
}
