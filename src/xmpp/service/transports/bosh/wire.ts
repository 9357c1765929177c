import type { Clock } from '../../../../engine/ports.ts'
import type { Limits } from '../../limits.ts'
import type { Attributes, Packet } from '../../xml/markup.ts'
import type { StreamCondition } from '../../xml/violation.ts'
import type { Connect, StreamError, StreamHeader, Wire, WirePeer } from '../wire.ts'
import { type BindingCondition, type BodyRequest, bodyXml, greetingOf, terminateXml } from './body.ts'
import type { Exchange } from './exchange.ts'
import { type HeldRequest, HeldRequests } from './held.ts'
import { Outbox } from './outbox.ts'
import { RidWindow } from './rid-window.ts'
import { Steps } from './steps.ts'
import type { Terms } from './terms.ts'

/** What a session needs from its owner. */
export interface BoshHost {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'boshAnswerBytes' | 'boshInactivityMs' | 'boshPollingMs'>
  /** Called when the session has ended. `told` is false when its client does not know it yet. */
  ended(sid: string, told: boolean): void
}

/** A request, and the connection that waits for its answer. */
interface Asked {
  readonly request: BodyRequest
  readonly exchange: Exchange
}

const nothing = () => undefined

/** The condition for a stream error on this transport (XEP-0124 17.2, XEP-0206). */
function bindingConditionOf(condition: StreamCondition): BindingCondition {
  return condition === 'system-shutdown' ? condition : 'remote-stream-error'
}

/** XMPP over BOSH (XEP-0124, XEP-0206): one session over many HTTP requests (`notifications 3.6`). */
export class BoshWire implements Wire {
  readonly name = 'bosh'
  readonly sid: string
  readonly source: string | undefined
  readonly #terms: Terms
  readonly #host: BoshHost
  readonly #window: RidWindow<Asked>
  readonly #outbox: Outbox
  readonly #held: HeldRequests
  #peer: WirePeer | undefined
  readonly #steps = new Steps(() => this.#settleSoon())
  #isSettling = false
  #isBound = false
  /** Bytes of answers that have not left the process. */
  #unsentBytes = 0
  /** Attributes of the first answer. */
  #greeting: Attributes | undefined
  /** Reason for the end of the session, if it does not come from the stream. */
  #condition: BindingCondition | undefined
  /** The answer to every request after the end of the session; `undefined` before. */
  #farewell: string | undefined
  #endInactivity: () => void = nothing
  /** Time of the last empty answer, for a client that polls; `undefined` when the last answer was not empty. */
  #emptyAnswerAt: number | undefined

  /** `source`: address of the client that created the session. */
  constructor(sid: string, source: string | undefined, terms: Terms, host: BoshHost) {
    this.sid = sid
    this.source = source
    this.#terms = terms
    this.#host = host
    this.#window = new RidWindow(terms.rid, terms.requests)
    this.#outbox = new Outbox(host.limits.boshAnswerBytes)
    this.#held = new HeldRequests(host.clock, terms.wait * 1000, {
      late: (rid) => this.#answer(this.#held.take(rid)),
      deserted: () => this.#watchInactivity(),
    })
  }

  get buffered(): number {
    return this.#outbox.bytes + this.#unsentBytes
  }

  /** Handles the request that creates the session. `connect` creates its stream. */
  begin(request: BodyRequest, exchange: Exchange, connect: Connect): void {
    this.#hold(request.rid, exchange)
    this.#peer = connect(this)
    this.#peer.alive(request.bytes)
    this.#peer.opened(request.attributes)
    this.#plan({ ...request, restarts: false })
    this.#steps.proceed()
  }

  /** Handles a later request. */
  receive(request: BodyRequest, exchange: Exchange): void {
    if (this.#farewell !== undefined) {
      exchange.answer(this.#farewell, nothing)
      return
    }
    this.#peer?.alive(request.bytes)
    if (this.#isBound) exchange.bound()
    switch (this.#window.placeOf(request.rid)) {
      case 'next':
        this.#accept({ request, exchange })
        for (let next = this.#window.takeNext(); next; next = this.#window.takeNext()) this.#accept(next)
        this.#steps.proceed()
        return
      case 'ahead':
        this.#window.keep(request.rid, { request, exchange })?.exchange.drop()
        return
      case 'again':
        this.#repeat(request.rid, exchange)
        return
      case 'outside':
        this.#breakOff('item-not-found', exchange)
    }
  }

  // ------------------------------------------------------------------------------------------------- as a wire

  open(header: StreamHeader): void {
    this.#greeting ??= greetingOf(this.sid, header, this.#terms, this.#host.limits)
  }

  send(packet: Packet, written: (failure?: Error | null) => void): number {
    const bytes = this.#outbox.add(packet, written)
    this.#settleSoon()
    return bytes
  }

  restart(): void {
    // Nothing to do: the client restarts the stream with its next request, and each stanza is a document of its own.
  }

  close(error?: StreamError): void {
    const condition = error === undefined ? this.#condition : bindingConditionOf(error.condition)
    // Only the error is sent. Waiting stanzas are lost, because some clients fail on stanzas in the last answer.
    const last = terminateXml(
      condition,
      condition === 'remote-stream-error' && error !== undefined ? [error.packet] : [],
    )
    this.#finish(last, (waiting) => {
      // Only the first waiting request gets the error.
      for (const [index, exchange] of waiting.entries())
        exchange.answer(index === 0 ? last : terminateXml(condition), nothing)
      return waiting.length > 0
    })
  }

  progressed(): void {
    // Nothing to do: each HTTP request already counts as progress of its connection.
  }

  bound(): void {
    this.#isBound = true
    for (const exchange of this.#held.exchanges) exchange.bound()
  }

  checkingPassword(): () => void {
    const ends = this.#held.exchanges.map((exchange) => exchange.checkingPassword())
    return () => {
      for (const end of ends) end()
    }
  }

  reset(): void {
    // Later requests with the id of this session get `item-not-found` (XEP-0124 17.2).
    this.#finish(terminateXml('item-not-found'), (waiting) => {
      for (const exchange of waiting) exchange.drop()
      return true
    })
  }

  /** Ends the session. `answerWaiting` answers the waiting requests. It returns true if the client then knows of the end. */
  #finish(farewell: string, answerWaiting: (waiting: readonly Exchange[]) => boolean): void {
    if (this.#farewell !== undefined) return
    this.#farewell = farewell
    this.#endInactivity()
    this.#steps.clear()
    const rest = this.#outbox.takeAll()
    const told = answerWaiting(this.#takeWaiting())
    rest.lost()
    this.#host.ended(this.sid, told)
  }

  /** Removes and returns all requests without an answer, in order. */
  #takeWaiting(): readonly Exchange[] {
    const waiting: Exchange[] = []
    for (let held = this.#held.take(); held !== undefined; held = this.#held.take()) waiting.push(held.exchange)
    for (const { exchange } of this.#window.takeKept()) waiting.push(exchange)
    return waiting
  }

  // ------------------------------------------------------------------------------------------------- requests

  #accept({ request, exchange }: Asked): void {
    this.#window.advance()
    if (this.#pollsTooOften(request)) {
      this.#breakOff('policy-violation', exchange)
      return
    }
    this.#hold(request.rid, exchange)
    this.#plan(request)
  }

  /** Is this a second empty poll within the agreed time (XEP-0124 12)? */
  #pollsTooOften({ stanzas, restarts, ends }: BodyRequest): boolean {
    const isEmpty = stanzas.length === 0 && !restarts && !ends
    if (this.#terms.hold > 0 || !isEmpty || this.#emptyAnswerAt === undefined) return false
    return this.#host.clock.now() - this.#emptyAnswerAt < this.#host.limits.boshPollingMs
  }

  #hold(rid: number, exchange: Exchange): void {
    this.#endInactivity()
    this.#held.add(rid, exchange)
  }

  /** Handles the repetition of a request whose connection broke (XEP-0124 14.3). */
  #repeat(rid: number, exchange: Exchange): void {
    if (this.#held.replace(rid, exchange)) return
    const answer = this.#window.recall(rid)
    if (answer !== undefined) {
      exchange.answer(answer, nothing)
    } else if (rid > this.#window.latest - this.#terms.requests) {
      // The request was handled before, but the client disconnected before the answer.
      this.#hold(rid, exchange)
      this.#settleSoon()
    } else {
      this.#breakOff('item-not-found', exchange)
    }
  }

  /** Ends the session because the client violates the protocol or sends no more requests. */
  #breakOff(condition: BindingCondition, exchange?: Exchange): void {
    this.#condition = condition
    this.#peer?.gone()
    exchange?.answer(terminateXml(condition), nothing)
  }

  // ------------------------------------------------------------------------------------------------- stanzas

  #plan({ restarts, attributes, stanzas, ends }: BodyRequest): void {
    const peer = this.#peer
    if (peer === undefined || this.#farewell !== undefined) return
    const step = (run: () => void) => this.#steps.add(() => void run())
    if (restarts) step(() => peer.opened(attributes))
    for (const stanza of stanzas) this.#steps.add(() => peer.element(stanza))
    if (ends) step(() => peer.closed())
  }

  // ------------------------------------------------------------------------------------------------- answers

  /** Sends answers a moment later, so that packets of the same turn share one answer. */
  #settleSoon(): void {
    if (this.#isSettling) return
    this.#isSettling = true
    this.#host.clock.soon(() => {
      this.#isSettling = false
      this.#settle()
    })
  }

  #settle(): void {
    if (this.#steps.isBusy || this.#farewell !== undefined) return
    while (!this.#outbox.isEmpty && this.#held.size > 0) this.#answer(this.#held.take())
    while (this.#held.size > this.#terms.hold) this.#answer(this.#held.take())
    if (this.#held.size === 0) this.#outbox.handOver()
  }

  #answer(held: HeldRequest | undefined): void {
    if (held === undefined) return
    const { packets, bytes, written } = this.#outbox.take()
    const { latest } = this.#window
    const ack = this.#terms.acknowledges && latest !== held.rid ? String(latest) : undefined
    const isFirst = held.rid === this.#terms.rid
    const xml = bodyXml(isFirst ? (this.#greeting ?? {}) : { ack }, packets)
    this.#window.remember(held.rid, xml)
    this.#emptyAnswerAt = packets.length === 0 ? this.#host.clock.now() : undefined
    this.#unsentBytes += bytes
    held.exchange.answer(xml, () => {
      this.#unsentBytes -= bytes
      written()
    })
    if (this.#held.size === 0) this.#watchInactivity()
  }

  #watchInactivity(): void {
    const { clock, limits } = this.#host
    this.#endInactivity()
    this.#endInactivity = clock.at(clock.now() + limits.boshInactivityMs, () => this.#breakOff('item-not-found'))
  }
}
