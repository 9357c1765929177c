/** Keeps a store connected: renews its lease, notices a lost connection, and makes a new one. */

import type { StoreEnd } from '../../engine/ports.ts'
import { owedAnswer } from '../../waiting/owed-answers.ts'
import { nextPause, type PauseLimits } from '../../waiting/pause.ts'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Connection } from './driver.ts'
import { codeOf, isRefusal, toStoreError } from './errors.ts'
import type { Given } from './options.ts'
import { type Begun, release, renew, takeAgain } from './owner.ts'
import { type Link, Pipeline } from './pipeline.ts'
import { openSession, type Session } from './session.ts'
import { explainLock, unconfirmed } from './unconfirmed.ts'

export interface LinkParts {
  readonly address: Address
  readonly options: Given
  /** Random name of this store as owner. */
  readonly owner: string
  /** The connection was lost, and another one is being looked for. */
  inDoubt(): void
  /** The store can never change anything again. */
  ended(end: StoreEnd, error: StoreError): void
}

const PAUSES: PauseLimits = { first: 50, longest: 1000 }
/** Milliseconds for a server to take the next epoch. It waits for the changes before, and for a standby. */
const TAKE_WITHIN = 10_000
/** Milliseconds between two looks at what waits. */
const LOOK = 250

export class StoreLink {
  readonly pipeline: Pipeline
  readonly #parts: LinkParts
  #link: Link | undefined
  #closed = false
  readonly #timers: NodeJS.Timeout[]
  /** Those who wait for a session. */
  #waiting: ((session: Session) => void)[] = []
  /** A renewal of the lease without an answer since then. */
  #renewing: number | undefined

  constructor(parts: LinkParts, session: Session, begun: Begun) {
    this.#parts = parts
    const { address, options } = parts
    this.pipeline = new Pipeline({
      ...{ shown: address.shown, answerWithin: options.answerWithin, turn: begun.turn },
      lost: (link, why) => this.#lost(link, why),
      taken: () => this.#taken(),
    })
    this.#begin({ session, epoch: begun.epoch }, begun.turn)
    this.#timers = [
      setInterval(() => this.pipeline.look(), LOOK),
      setInterval(() => this.#renew(), Math.ceil(options.lease / 3)),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  /** Runs a read. It is repeated when the connection is lost meanwhile. @throws StoreError `UNREACHABLE` */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { address, options } = this.#parts
    const end = performance.now() + options.answerWithin
    for (;;) {
      const session = await this.#session(end - performance.now())
      try {
        return await owedAnswer(work(session.reads))
      } catch (error) {
        const isOver = error instanceof StoreError || isRefusal(error) || codeOf(error) === undefined
        if (isOver || this.#closed || performance.now() > end) throw toStoreError(error, address.shown, 'FAILED')
      }
    }
  }

  /** Gives the lease back, after the changes that are under way. */
  async close(): Promise<void> {
    if (this.#closed) return
    await within(this.#parts.options.answerWithin, this.pipeline.idle())
    const session = this.#link?.session
    this.#end()
    const { owner, address } = this.#parts
    this.pipeline.fail(closedError(address.shown))
    if (session === undefined) return
    const releasing = release(session.pulse, owner).then(() => session.close())
    await within(2000, releasing).catch(() => undefined)
    session.destroy()
  }

  /** Ends it at once, because the store has ended. */
  abandon(error: StoreError): void {
    const session = this.#link?.session
    this.#end()
    session?.destroy()
    this.pipeline.fail(error)
  }

  #end(): void {
    this.#closed = true
    this.#link = undefined
    this.pipeline.stop()
    for (const timer of this.#timers) clearInterval(timer)
  }

  #begin(link: Link, turn: number): boolean {
    this.#link = link
    this.#renewing = undefined
    if (!this.pipeline.goOn(link, turn)) return false
    void link.session.ended.then(() => this.#lost(link, 'the connection has ended'))
    for (const each of this.#waiting) each(link.session)
    this.#waiting = []
    return true
  }

  #session(milliseconds: number): Promise<Session> {
    const { shown } = this.#parts.address
    if (this.#closed) return Promise.reject(closedError(shown))
    if (this.#link !== undefined) return Promise.resolve(this.#link.session)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new StoreError('UNREACHABLE', `${shown}: no server has answered in time`)),
        Math.max(0, milliseconds),
      )
      this.#waiting.push((session) => {
        clearTimeout(timer)
        resolve(session)
      })
    })
  }

  #lost(link: Link, why: string): void {
    if (this.#closed || link !== this.#link) return
    const { address, options } = this.#parts
    this.#link = undefined
    this.pipeline.stop()
    link.session.destroy()
    options.onLine(`${address.shown}: looking for a server again: ${why}`)
    this.#parts.inDoubt()
    void this.#reconnect(address.hosts.indexOf(link.session.host))
  }

  /** Tries again until it is connected, or the store has ended. Begins with the server after number `last`. */
  async #reconnect(last: number): Promise<void> {
    const { address, options } = this.#parts
    let pause: number | undefined
    let told = ''
    for (let from = last + 1; !this.#closed; from += 1) {
      try {
        if (await this.#attempt(from)) return
      } catch (error) {
        const { message } = toStoreError(error, address.shown, 'FAILED')
        if (message !== told) options.onLine(message)
        told = message
      }
      pause = nextPause(PAUSES, pause)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** Returns true when there is nothing more to try. */
  async #attempt(from: number): Promise<boolean> {
    const { address, options, owner } = this.#parts
    const session = await openSession(address, options, from)
    try {
      let begun: Begun | undefined
      const taking = takeAgain(session.changes, owner).then((answer) => {
        begun = answer
      })
      taking.catch(() => undefined)
      if (!(await within(TAKE_WITHIN, taking))) throw unconfirmed(address)
      if (session.isInDoubt)
        throw new StoreError('UNREACHABLE', `${address.shown}: the server does not wait for a standby`)
      if (this.#closed) {
        session.destroy()
        return true
      }
      if (begun === undefined) this.#taken()
      else if (!this.#begin({ session, epoch: begun.epoch }, begun.turn)) this.#behind()
      else {
        this.#renew()
        options.onLine(`${address.shown}: connected again`)
      }
      if (this.#closed) session.destroy()
      return true
    } catch (error) {
      const explained = await explainLock(session.reads, address, error)
      session.destroy()
      throw explained
    }
  }

  /** A server that does not answer within the time of the lease is taken for dead. */
  #renew(): void {
    const link = this.#link
    const { owner, options } = this.#parts
    if (link === undefined) return
    const now = performance.now()
    if (this.#renewing !== undefined) {
      if (now - this.#renewing > options.lease) this.#lost(link, 'the server does not answer')
      return
    }
    this.#renewing = now
    renew(link.session.pulse, owner, { lease: options.lease, address: options.reachedAt() ?? '' }).then(
      (isOwner) => {
        if (link !== this.#link) return
        this.#renewing = undefined
        if (!isOwner) this.#taken()
      },
      () => undefined,
    )
  }

  #taken(): void {
    const problem = `${this.#parts.address.shown}: another process has taken the store over; this one writes nothing any more`
    this.#parts.ended({ why: 'lost', problem }, new StoreError('LOST', problem))
  }

  #behind(): void {
    const problem = `${this.#parts.address.shown}: the server lacks changes that were confirmed; another one has them, or they were lost with it`
    this.#parts.ended({ why: 'damaged', problem }, new StoreError('BEHIND', problem))
  }
}

const closedError = (shown: string) => new StoreError('CLOSED', `${shown}: the store is closed`)
