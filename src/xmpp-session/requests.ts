import type { Clock } from '../engine/ports.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { XmppElement } from './xmpp-element.ts'

/** The service answered a request with an error. */
export class RequestRefused extends MrdianError {
  override readonly name = 'RequestRefused'
  readonly code: CodeOf<'RequestRefused'> = 'REQUEST_REFUSED'
  /** Condition of RFC 6120 8.3.3, `undefined-condition` when none was given. */
  readonly condition: string
  constructor(condition: string) {
    super(`the notification service answered ${condition}`)
    this.condition = condition
  }
}

/** There is no connection to the notification service, or the connection was lost before the answer came. */
export class ConnectionLost extends MrdianError {
  override readonly name = 'ConnectionLost'
  readonly code: CodeOf<'ConnectionLost'> = 'CONNECTION_LOST'
  constructor(message = 'the connection to the notification service was lost') {
    super(message)
  }
}

interface Outstanding {
  readonly resolve: (answer: XmppElement) => void
  readonly reject: (error: Error) => void
  readonly cancelTimeout: () => void
}

/** Requests without an answer. Answers are matched by id. Each request has a time-out; all fail with the connection. */
export class Requests {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #late: () => Error
  readonly #outstanding = new Map<string, Outstanding>()
  #last = 0
  #lost: Error | undefined

  /** `late` creates the error for a request without an answer in time. */
  constructor(clock: Clock, timeoutMs: number, late: () => Error) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#late = late
  }

  /**
   * Sends a request under a new id. Resolves with its result. Rejects on an error answer, a time-out or a lost
   * connection.
   */
  send(write: (id: string) => Promise<void>): Promise<XmppElement> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    this.#last += 1
    const id = `g${this.#last}`
    return new Promise((resolve, reject) => {
      const due = this.#clock.now() + this.#timeoutMs
      const cancelTimeout = this.#clock.at(due, () => this.#settle(id, this.#late()))
      this.#outstanding.set(id, { resolve, reject, cancelTimeout })
      write(id).catch((error: unknown) => this.#settle(id, error instanceof Error ? error : new ConnectionLost()))
    })
  }

  /** Takes an answer: the stanza of a result, or an error. Answers without a waiting request are ignored. */
  answer(id: string, answer: XmppElement | RequestRefused): void {
    this.#settle(id, answer)
  }

  /** Rejects all waiting requests and every later one. */
  fail(error: Error): void {
    this.#lost = error
    for (const id of [...this.#outstanding.keys()]) this.#settle(id, error)
  }

  #settle(id: string, answer: XmppElement | Error): void {
    const outstanding = this.#outstanding.get(id)
    if (outstanding === undefined) return
    this.#outstanding.delete(id)
    outstanding.cancelTimeout()
    if (answer instanceof Error) outstanding.reject(answer)
    else outstanding.resolve(answer)
  }
}
