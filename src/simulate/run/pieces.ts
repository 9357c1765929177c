/** What an agent does before the next action on a task: wait a moment, work with the hands, or chat in turns. */
import type { Stream } from '../random.ts'
import type { Hands, Job } from './hands.ts'

/** Calls of `goOn` and `stop` may be repeated. Times are in ms. */
export interface Piece {
  /** Time that is left, if nothing disturbs it. */
  readonly left: number
  goOn(): void
  /** May not go on for now. */
  stop(): void
  /** Will not go on. */
  end(): void
}

interface Time {
  readonly now: number
  after(ms: number, run: () => void): () => void
}

/** A moment that needs no hands: until a click. */
export class Moment implements Piece {
  readonly #time: Time
  readonly #done: () => void
  #left: number
  #since: number | undefined
  #cancel: (() => void) | undefined

  constructor(time: Time, left: number, done: () => void) {
    this.#time = time
    this.#left = left
    this.#done = done
  }

  get left(): number {
    return this.#left
  }

  goOn(): void {
    if (this.#since !== undefined) return
    this.#since = this.#time.now
    this.#cancel = this.#time.after(this.#left, () => {
      this.#since = undefined
      this.#left = 0
      this.#done()
    })
  }

  stop(): void {
    if (this.#since !== undefined) this.#left = Math.max(0, this.#left - (this.#time.now - this.#since))
    this.#since = undefined
    this.#cancel?.()
  }

  end(): void {
    this.stop()
  }
}

/** How an agent takes up and does the work on one dialog. */
export interface Manner {
  readonly task: string
  readonly rank: number
  pace(): number
  resumeCost(): number
  switchCost(): number
}

const jobOf = (manner: Manner, left: number, done: () => void): Job => ({ ...manner, left, isBroken: false, done })

/** Work that is all the agent's own. */
export class OwnWork implements Piece {
  readonly #hands: Hands
  readonly #job: Job

  constructor(hands: Hands, manner: Manner, left: number, done: () => void) {
    this.#hands = hands
    this.#job = jobOf(manner, left, done)
  }

  get left(): number {
    return this.#job.left
  }

  goOn(): void {
    this.#hands.want(this.#job)
  }

  stop(): void {
    this.#hands.drop(this.#job)
  }

  end(): void {
    this.#hands.drop(this.#job)
  }
}

/** The turns of a chat: how long each takes, and who is told how long the customer waited for a reply. */
export interface TurnTimes {
  agent(random: Stream): number
  customer(random: Stream): number
  responded(ms: number): void
}

/**
 * A chat: the agent's and the customer's turns alternate, the agent's first. The agent's turn needs the hands; the
 * customer's does not, and goes on whatever the agent does. The turns end when they have taken `left` together.
 */
export class Conversation implements Piece {
  readonly #time: Time
  readonly #hands: Hands
  readonly #manner: Manner
  readonly #times: TurnTimes
  readonly #random: Stream
  readonly #done: () => void
  #left: number
  /** The agent's turn. `undefined` during the customer's. */
  #turn: Job | undefined
  #askedAt: number | undefined
  #cancel: (() => void) | undefined
  #mayGoOn = false

  constructor(
    time: Time,
    hands: Hands,
    manner: Manner,
    { times, random, left }: { readonly times: TurnTimes; readonly random: Stream; readonly left: number },
    done: () => void,
  ) {
    this.#time = time
    this.#hands = hands
    this.#manner = manner
    this.#times = times
    this.#random = random
    this.#left = left
    this.#done = done
    this.#turn = this.#agentTurn()
  }

  get left(): number {
    return this.#left
  }

  goOn(): void {
    this.#mayGoOn = true
    if (!this.#turn) return
    this.#askedAt ??= this.#time.now
    this.#hands.want(this.#turn)
  }

  stop(): void {
    this.#mayGoOn = false
    if (this.#turn) this.#hands.drop(this.#turn)
  }

  end(): void {
    this.stop()
    this.#cancel?.()
  }

  #agentTurn(): Job {
    const length = Math.min(this.#left, Math.max(1, this.#times.agent(this.#random)))
    return jobOf(this.#manner, length, () => this.#replied(length))
  }

  #replied(length: number): void {
    this.#times.responded(this.#time.now - (this.#askedAt ?? this.#time.now))
    this.#turn = undefined
    this.#left -= length
    if (this.#left <= 0) return this.#done()
    const wait = Math.min(this.#left, Math.max(1, this.#times.customer(this.#random)))
    this.#cancel = this.#time.after(wait, () => this.#asked(wait))
  }

  #asked(wait: number): void {
    this.#cancel = undefined
    this.#left -= wait
    if (this.#left <= 0) return this.#done()
    this.#turn = this.#agentTurn()
    this.#askedAt = this.#time.now
    if (this.#mayGoOn) this.goOn()
  }
}
