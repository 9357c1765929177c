/**
 * The changes of a store, in their order. They are sent without waiting for the answers before. Each names the epoch of
 * the owner and the turn that it follows, so that the server refuses what follows a refused change.
 *
 * When a connection is lost, the changes without an answer are in doubt. The next connection takes a new epoch, which
 * also stops what is still on its way, and the turn then says how many of them were kept.
 */
import { owedAnswer } from '../../waiting/owed-answers.ts'
import { StoreError } from '../errors.ts'
import type { Connection } from './driver.ts'
import { codeOf, isRefusal, OTHER_OWNER } from './errors.ts'
import type { Session } from './session.ts'

/** Names the owner and the change before; every statement that changes the store has both. */
export interface Fence {
  readonly epoch: number
  readonly turn: number
}

export interface Change {
  /** It is sent when no other change is under way, and no other one is sent before its answer. */
  readonly isAlone: boolean
  /** Resolves when it is kept. Takes exactly one turn. */
  send(connection: Connection, fence: Fence): Promise<unknown>
  /** Called in order, when it is known that it is kept. */
  kept(): void
  /** Called in the opposite order, when it is known that it was not kept and never will be. */
  takenBack(): void
}

interface Entry {
  readonly change: Change
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  /** When it was given, and then when it was sent; of `performance.now()`. */
  since: number
}

/** A session of the owner. */
export interface Link {
  readonly session: Session
  readonly epoch: number
}

export interface PipelineParts {
  /** The address, for messages. */
  readonly shown: string
  readonly answerWithin: number
  /** The turn at the opening. */
  readonly turn: number
  /** The session is of no use any more. */
  lost(link: Link, why: string): void
  /** Another process is the owner. */
  taken(): void
}

export class Pipeline {
  readonly #parts: PipelineParts
  /** In order. The first `#sent` of them were sent. */
  #entries: Entry[] = []
  #sent = 0
  /** The turn after the last change that is known to be kept. */
  #turn: number
  #link: Link | undefined
  /** Sent changes that were rejected already, because one before them was refused, and have no answer yet. */
  #refused = 0
  #idle: (() => void)[] = []

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#turn = parts.turn
  }

  /** Resolves when the change is kept; rejects when it is not kept and never will be. */
  add(change: Change): Promise<void> {
    const answer = new Promise<void>((resolve, reject) => {
      this.#entries.push({ change, resolve, reject, since: performance.now() })
      this.#flush()
    })
    return owedAnswer(answer)
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Resolves when there is no change without an answer. */
  idle(): Promise<void> {
    if (this.isEmpty) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /**
   * Goes on with a new session, whose server is at `turn`. Returns false if that cannot be: the server lacks changes that
   * were confirmed.
   */
  goOn(link: Link, turn: number): boolean {
    const kept = turn - this.#turn
    if (kept < 0 || kept > this.#sent) return false
    for (let n = 0; n < kept; n += 1) this.#keep()
    this.#refused = 0
    if (this.#sent > 0) {
      const message = `${this.#parts.shown}: the connection was lost before the change was kept`
      this.fail(new StoreError('UNREACHABLE', message))
      this.#refused = 0
    }
    this.#link = link
    this.#flush()
    return true
  }

  /** Sends nothing until `goOn`. */
  stop(): void {
    this.#link = undefined
    for (const entry of this.#entries.slice(this.#sent)) entry.since = performance.now()
  }

  /** Rejects all changes without an answer: the oldest one with `error`. */
  fail(error: Error): void {
    const entries = this.#entries
    this.#entries = []
    this.#refused += this.#sent
    this.#sent = 0
    for (const { change } of entries.toReversed()) change.takenBack()
    for (const [index, { reject }] of entries.entries()) reject(index === 0 ? error : this.#following(error))
    this.#becameIdle()
  }

  /** Looks for what has waited too long. To be called now and then. */
  look(): void {
    const [oldest] = this.#entries
    if (oldest === undefined || performance.now() - oldest.since < this.#parts.answerWithin) return
    if (this.#link === undefined) {
      // What is in doubt waits until it is known.
      if (this.#sent > 0) return
      this.fail(new StoreError('UNREACHABLE', `${this.#parts.shown}: no server has taken the change in time`))
    } else if (this.#sent > 0 && !oldest.change.isAlone) {
      this.#parts.lost(this.#link, 'a change has had no answer in time')
    }
  }

  #flush(): void {
    while (this.#link !== undefined && this.#refused === 0) {
      const next = this.#entries[this.#sent]
      if (next === undefined) return
      const isFree = this.#sent === 0 || !(next.change.isAlone || this.#entries[0]?.change.isAlone)
      if (!isFree) return
      this.#send(next, this.#link)
    }
  }

  #send(entry: Entry, link: Link): void {
    const fence = { epoch: link.epoch, turn: this.#turn + this.#sent }
    this.#sent += 1
    entry.since = performance.now()
    entry.change.send(link.session.changes, fence).then(
      () => this.#answered(entry, link, undefined),
      (error: unknown) => this.#answered(entry, link, { error }),
    )
  }

  #answered(entry: Entry, link: Link, refusal: { readonly error: unknown } | undefined): void {
    // What a former session answers is known by the turn.
    if (link !== this.#link) return
    if (this.#entries[0] !== entry) {
      this.#refused -= 1
      this.#flush()
      return
    }
    if (refusal === undefined) {
      if (link.session.isInDoubt) return this.#parts.lost(link, 'the server no longer waits for a standby')
      this.#keep()
      const [next] = this.#entries
      if (next !== undefined && this.#sent > 0) next.since = performance.now()
    } else if (codeOf(refusal.error) === OTHER_OWNER) return this.#parts.taken()
    else if (refusal.error instanceof StoreError || isRefusal(refusal.error) || codeOf(refusal.error) === undefined) {
      this.fail(refusal.error instanceof Error ? refusal.error : new Error(String(refusal.error)))
      this.#refused -= 1
    } else return this.#parts.lost(link, 'the connection was lost')
    this.#flush()
  }

  #keep(): void {
    const entry = this.#entries.shift()
    if (entry === undefined) return
    this.#sent -= 1
    this.#turn += 1
    entry.change.kept()
    entry.resolve()
    this.#becameIdle()
  }

  #following(error: Error): StoreError {
    if (error instanceof StoreError && error.code !== 'INVALID_BATCH') return new StoreError(error.code, error.message)
    return new StoreError('FAILED', `${this.#parts.shown}: a change before this one was not kept`)
  }

  #becameIdle(): void {
    if (!this.isEmpty) return
    const idle = this.#idle
    this.#idle = []
    for (const each of idle) each()
  }
}
