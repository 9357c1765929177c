/** One viewer at a WebSocket: its filter, the frames that it still has to get, and how fast it reads. */

import type { InspectedEvent } from '../engine/inspection/api.ts'
import { Backlog } from './backlog.ts'
import { factsOf } from './facts.ts'
import { frameOf, listedActor } from './frames.ts'
import { Pace } from './pace.ts'
import type { ActorsFrame, ControlFrame, HelloFrame, SnapshotFrame, ViewerMessage } from './protocol.ts'
import { type Manner, type Seen, tellingOf } from './seen.ts'
import type { Selection } from './selection.ts'
import { VanishingActors } from './vanishing.ts'
import { viewerMessage } from './viewer-messages.ts'
import type { ViewerSocket } from './viewer-socket.ts'

/** The parts that a viewer needs. */
export interface ViewerParts {
  readonly socket: ViewerSocket
  readonly selection: Selection
  readonly isCompact: boolean
  /** Aggregates in focus from the beginning. */
  readonly focus: readonly string[]
  readonly personal: boolean
  readonly framesPerSecond: number
  /** The actors of an aggregate in their present states. */
  present(aggregate: string): readonly InspectedEvent[] | Promise<readonly InspectedEvent[]>
  hello(): HelloFrame
  now(): number
  /** Counts frames that were sent or dropped. */
  count(what: 'sent' | 'dropped', frames: number): void
  heard(message: ViewerMessage): void
}

/** While a socket has this many bytes to write, it gets no more. */
const WRITE_MAX = 1024 * 1024
/** Most frames that wait, and most seconds' worth of frames. Later frames would no longer be live. */
const QUEUE_MAX = 2000
const QUEUE_SECONDS = 2
/** Most frames sent in one turn, because the engine has other work. */
const TURN_MAX = 200
/** Milliseconds between two pings. A viewer that has not answered the last one is cut off. */
const PING_EVERY = 20_000
/** Milliseconds between two messages about dropped frames. */
const DROPPED_EVERY = 1000

export class LiveViewer {
  readonly #parts: ViewerParts
  readonly #backlog: Backlog
  readonly #pace: Pace
  readonly #vanishing = new VanishingActors()
  readonly #ping: NodeJS.Timeout
  /** Texts to send before all others. */
  readonly #ready: string[] = []
  #focus: ReadonlySet<string>
  #isScheduled = false
  #timer: NodeJS.Timeout | undefined
  #toldDroppedAt = Number.NEGATIVE_INFINITY
  #prefersPresent = false
  #isAlive = true
  /** The present state of an aggregate is being read from a store. */
  #isReading = false

  constructor(parts: ViewerParts) {
    this.#parts = parts
    this.#backlog = new Backlog(Math.min(QUEUE_MAX, parts.framesPerSecond * QUEUE_SECONDS), () =>
      parts.count('dropped', 1),
    )
    this.#focus = new Set(parts.focus)
    this.#pace = new Pace(parts.framesPerSecond, () => performance.now())
    const { socket } = parts
    socket.on('message', (data, isBinary) => this.#receive(viewerMessage(data, isBinary)))
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // An error is always followed by `close`.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#end())
    this.#ping = setInterval(() => this.#checkAlive(), PING_EVERY)
    this.#ping.unref()
    this.tell(parts.hello())
  }

  /** Sends the present states of these aggregates first, then live frames. */
  begin(aggregates: Iterable<string>): void {
    this.#backlog.begin(aggregates)
    this.#schedule()
  }

  /** Adds an event of the engine. */
  see(seen: Seen): void {
    if (!this.#parts.selection(seen.facts)) return
    this.#backlog.add(seen)
    this.#schedule()
  }

  /** Sends a control frame. Readers of the package get none. */
  tell(frame: ControlFrame): void {
    if (!this.#parts.isCompact) return
    this.#ready.push(JSON.stringify(frame))
    this.#schedule()
  }

  /** Forgets the backlog, and tells readers of the package that all tasks and calls have ended. */
  forget(): void {
    this.#backlog.clear()
    for (const frame of this.#vanishing.forget()) this.#ready.push(JSON.stringify(frame))
    this.#schedule()
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason)
  }

  terminate(): void {
    this.#parts.socket.terminate()
  }

  // ---------------------------------------------------------------------------------------------- receiving

  #receive(message: ViewerMessage | undefined): void {
    if (!message || !this.#parts.isCompact) return
    if (message.type === '@mrdian.focus') this.#setFocus(message.aggregates)
    else this.#parts.heard(message)
  }

  #setFocus(aggregates: readonly string[]): void {
    this.#focus = new Set(aggregates)
    for (const each of aggregates) this.#backlog.tellAgain(each)
    this.#schedule()
  }

  #checkAlive(): void {
    if (!this.#isAlive) return this.terminate()
    this.#isAlive = false
    this.#parts.socket.ping()
  }

  #end(): void {
    clearInterval(this.#ping)
    clearTimeout(this.#timer)
    this.#backlog.clear()
    this.#ready.length = 0
  }

  // ------------------------------------------------------------------------------------------------ sending

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#pump()
    })
  }

  #pump(): void {
    const { socket } = this.#parts
    for (let sent = 0; socket.readyState === socket.OPEN; sent += 1) {
      // A write that completes calls this again.
      if (socket.bufferedAmount >= WRITE_MAX) return
      if (sent >= TURN_MAX) return this.#schedule()
      const text = this.#ready.shift() ?? this.#next()
      if (text === undefined) return
      socket.send(text, () => this.#wrote())
    }
  }

  #wrote(): void {
    if (this.#ready.length > 0 || this.#backlog.waiting > 0 || this.#backlog.isBehind) this.#schedule()
  }

  #next(): string | undefined {
    this.#noteDropped()
    if (!this.#isReading && this.#backlog.hasBegun()) this.tell({ type: '@mrdian.ready', now: this.#parts.now() })
    if (this.#backlog.waiting === 0 && (!this.#backlog.isBehind || this.#isReading)) return this.#ready.shift()
    if (!this.#pace.take()) {
      this.#later(this.#pace.wait)
      return this.#ready.shift()
    }
    // Present states and live frames take turns, so that neither waits for ever.
    this.#prefersPresent = !this.#prefersPresent
    if (this.#prefersPresent || this.#backlog.waiting === 0) this.#queuePresent()
    return this.#ready.shift() ?? this.#frame() ?? this.#next()
  }

  #frame(): string | undefined {
    const seen = this.#backlog.take()
    if (!seen) return undefined
    this.#parts.count('sent', 1)
    if (!this.#parts.isCompact) this.#vanishing.note(seen.event)
    return seen.text(this.#mannerFor(seen.aggregate))
  }

  #mannerFor(aggregate: string): Manner {
    if (!this.#parts.isCompact) return 'stately'
    return this.#focus.has(aggregate) ? 'focused' : 'compact'
  }

  /** Puts the present state of the next aggregate that is behind in front of all other texts. */
  #queuePresent(): void {
    if (this.#isReading) return
    const aggregate = this.#backlog.takeBehind()
    if (aggregate === undefined) return
    const actors = this.#parts.present(aggregate)
    if (!(actors instanceof Promise)) return this.#queueState(aggregate, actors)
    this.#isReading = true
    actors
      .then((read) => this.#queueState(aggregate, read))
      .catch(() => this.terminate())
      .finally(() => {
        this.#isReading = false
        this.#schedule()
      })
  }

  #queueState(aggregate: string, actors: readonly InspectedEvent[]): void {
    const sequence = actors[0]?.step.sequence
    if (sequence !== undefined) this.#backlog.caughtUp(aggregate, sequence)
    const wanted = actors.filter(({ actorRef }) => this.#parts.selection(factsOf(actorRef)))
    if (this.#parts.isCompact) this.#queueList(aggregate, wanted)
    else this.#queueActors(aggregate, wanted)
  }

  #queueList(aggregate: string, actors: readonly InspectedEvent[]): void {
    const step = actors[0]?.step
    if (!step) return
    const telling = tellingOf(this.#mannerFor(aggregate), this.#parts.personal)
    const frame: ActorsFrame = {
      type: '@mrdian.actors',
      aggregate,
      at: step.at,
      sequence: step.sequence,
      actors: actors.flatMap((each) => (each.type === '@xstate.actor' ? [listedActor(each, telling)] : [])),
    }
    this.#ready.push(JSON.stringify(frame))
    this.#parts.count('sent', 1)
  }

  #queueActors(aggregate: string, actors: readonly InspectedEvent[]): void {
    const telling = tellingOf('stately', this.#parts.personal)
    const gone: readonly SnapshotFrame[] = this.#vanishing.told(aggregate, actors)
    const frames = [...gone, ...actors.map((each) => frameOf(each, telling))]
    for (const frame of frames) this.#ready.push(JSON.stringify(frame))
    this.#parts.count('sent', frames.length)
  }

  #noteDropped(): void {
    if (!this.#backlog.hasDropped) return
    const now = performance.now()
    if (now - this.#toldDroppedAt < DROPPED_EVERY) return this.#later(DROPPED_EVERY)
    this.#toldDroppedAt = now
    const count = this.#backlog.takeDropped()
    this.tell({ type: '@mrdian.dropped', count })
  }

  #later(ms: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#schedule()
    }, ms)
    this.#timer.unref()
  }
}
