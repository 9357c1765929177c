import type { Clock } from '../../../../engine/ports.ts'
import type { Limits } from '../../limits.ts'
import { randomName } from '../../random.ts'
import type { Connect } from '../wire.ts'
import { type BodyRequest, terminateXml } from './body.ts'
import type { Exchange } from './exchange.ts'
import { termsOf } from './terms.ts'
import { BoshWire } from './wire.ts'

/** The sessions of BOSH clients by id. The id is the only thing that identifies the client in later requests. */
export class BoshSessions {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #connect: Connect
  readonly #byId = new Map<string, BoshWire>()
  /** Ended sessions whose clients do not know it yet, oldest first. */
  readonly #ended = new Map<string, () => void>()

  #allTold: () => void = () => undefined

  constructor(clock: Clock, limits: Limits, connect: Connect) {
    this.#clock = clock
    this.#limits = limits
    this.#connect = connect
  }

  handle(request: BodyRequest, exchange: Exchange): void {
    if (request.sid === undefined) {
      this.#begin(request, exchange)
      return
    }
    const session = this.#byId.get(request.sid)
    if (session === undefined) exchange.answer(terminateXml('item-not-found'), () => undefined)
    else session.receive(request, exchange)
    // This answer has told the client that the session has ended.
    if (this.#ended.has(request.sid)) this.#forget(request.sid)
  }

  /** Resolves when all clients of ended sessions know it, or after `boshFarewellMs`. */
  async told(): Promise<void> {
    if (this.#ended.size === 0) return
    await new Promise<void>((resolve) => {
      // Real time on purpose: the shutdown must end even if the clock of the service is virtual and stands still.
      const timer = setTimeout(resolve, this.#limits.boshFarewellMs)
      this.#allTold = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #begin(request: BodyRequest, exchange: Exchange): void {
    const session = new BoshWire(randomName(32), exchange.source, termsOf(request, this.#limits), {
      clock: this.#clock,
      limits: this.#limits,
      ended: (sid, told) => this.#end(sid, told),
    })
    this.#byId.set(session.sid, session)
    session.begin(request, exchange, this.#connect)
  }

  #end(sid: string, told: boolean): void {
    if (told) {
      this.#byId.delete(sid)
      return
    }
    const forget = this.#clock.at(this.#clock.now() + this.#limits.boshInactivityMs, () => this.#forget(sid))
    this.#ended.set(sid, forget)
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= this.#limits.connections) break
      this.#forget(oldest)
    }
  }

  #forget(sid: string): void {
    this.#ended.get(sid)?.()
    this.#ended.delete(sid)
    this.#byId.delete(sid)
    if (this.#ended.size === 0) this.#allTold()
  }
}
