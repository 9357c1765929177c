import type { Clock } from '../../engine/ports.ts'
import type { Wire } from './transports/wire.ts'
import type { Packet } from './xml/markup.ts'

/** Called with true when a packet has left the process, and with false when it never will. */
export type Written = (hasLeft: boolean) => void

/**
 * Outbound side of one stream. It detects a client that does not read. Such a client would use up memory. It would also
 * delay the notifications of others, because a publication waits for all its sessions.
 */
export class Writes {
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #limits: { readonly bufferBytes: number; readonly stallMs: number }
  readonly #onStall: () => void
  readonly #waiting = new Set<Written>()
  #pending = 0
  #progress = 0
  #armed = false
  #cancel: () => void = () => undefined
  #stopped = false

  constructor(wire: Wire, clock: Clock, limits: { bufferBytes: number; stallMs: number }, onStall: () => void) {
    this.#wire = wire
    this.#clock = clock
    this.#limits = limits
    this.#onStall = onStall
  }

  /** Sends a packet and returns its size in bytes. `written` is called once, when it has left or the stream ended. */
  send(packet: Packet, written?: Written): number {
    if (this.#stopped) {
      written?.(false)
      return 0
    }
    if (written !== undefined) this.#waiting.add(written)
    if (this.#pending === 0) this.#progress = this.#clock.now()
    this.#pending += 1
    const bytes = this.#wire.send(packet, (failure) => this.#done(written, !failure))
    this.#arm()
    if (this.#wire.buffered > this.#limits.bufferBytes) this.#onStall()
    return bytes
  }

  /** Ends all waits, because the stream has ended. */
  stop(): void {
    this.#stopped = true
    this.#cancel()
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const written of waiting) written(false)
  }

  #done(written: Written | undefined, hasLeft: boolean): void {
    this.#pending -= 1
    this.#progress = this.#clock.now()
    if (written !== undefined && this.#waiting.delete(written)) written(hasLeft)
  }

  #arm(): void {
    if (this.#armed || this.#stopped) return
    this.#armed = true
    this.#cancel = this.#clock.at(this.#progress + this.#limits.stallMs, () => this.#check())
  }

  #check(): void {
    this.#armed = false
    if (this.#pending === 0) return
    if (this.#clock.now() - this.#progress >= this.#limits.stallMs) this.#onStall()
    else this.#arm()
  }
}
