import type { Packet } from '../../xml/markup.ts'

interface Waiting {
  readonly packet: Packet
  readonly bytes: number
  /** `undefined` once it was called. */
  written: ((failure?: Error) => void) | undefined
}

/** A piece of an outbox, on its way. */
export interface Taken {
  readonly packets: readonly Packet[]
  readonly bytes: number
  /** Tells whoever sent them. */
  written(): void
  /** The same, of what nobody can fetch any more. */
  lost(): void
}

/** What waits for a request that can carry it, in order. */
export class Outbox {
  readonly #most: number
  readonly #waiting: Waiting[] = []
  #bytes = 0

  /** `most`: bytes that are taken at a time, unless a single packet has more. */
  constructor(most: number) {
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Gives the size in bytes. */
  add(packet: Packet, written: (failure?: Error) => void): number {
    const bytes = Buffer.byteLength(packet.framed)
    this.#waiting.push({ packet, bytes, written })
    this.#bytes += bytes
    return bytes
  }

  /** The next packets, as many as fit. */
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
    const lost = () => tell(taken, new Error('the session has ended'))
    return { packets: taken.map(({ packet }) => packet), bytes, written: () => tell(taken), lost }
  }

  /** They wait for the peer now: that is all that can be done for them. If it never comes they are lost with its session. */
  handOver(): void {
    tell(this.#waiting)
  }
}

function tell(waiting: readonly Waiting[], failure?: Error): void {
  for (const each of waiting) {
    const { written } = each
    each.written = undefined
    written?.(failure)
  }
}
