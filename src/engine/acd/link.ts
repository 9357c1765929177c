/** The link to the embedder's ACD. Errors of the ACD are logged and do not stop the engine. */

import { contained, textOf } from '../contained.ts'
import { Complaints } from '../delivery/complaints.ts'
import type { EngineLog } from '../log.ts'
import type { AcdCallRequest, AcdEvents, AcdPort, AcdRequest, Clock } from '../ports.ts'

/** Time in ms after which a request without an answer is a problem. */
const PATIENCE = 10_000

export interface AcdFigures {
  /** Number of requests that the ACD refused, by throwing or rejecting. Each is made again. */
  readonly failed: number
  /** Number of requests that the ACD has not answered yet. */
  readonly unanswered: number
}

export class AcdLink {
  readonly #port: AcdPort
  readonly #clock: Clock
  readonly #log: EngineLog
  readonly #complaints: Complaints
  /** Times of the requests without an answer (ms), by request number, oldest first. */
  readonly #asked = new Map<number, number>()
  #requests = 0
  #failed = 0
  #isStarted = false
  #startFailed = false
  #isRefusing = false
  #cancelWatch: (() => void) | undefined

  constructor(port: AcdPort, clock: Clock, log: EngineLog) {
    this.#port = port
    this.#clock = clock
    this.#log = log
    this.#complaints = new Complaints(() => clock.now())
  }

  /** True after `start`. Before that no request may be made. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  get figures(): AcdFigures {
    return { failed: this.#failed, unanswered: this.#asked.size }
  }

  /** The current problem with the ACD. It is shown publicly, so it never quotes an error message of the ACD. */
  get problem(): string | undefined {
    if (this.#startFailed) return 'The ACD could not be started'
    if (this.#isRefusing) return 'The ACD refuses requests'
    return this.#isSilent ? 'The ACD does not answer requests' : undefined
  }

  /**
   * Throws what `AcdPort.start` throws. If it returns a promise that rejects, the engine runs already and logs the
   * error.
   */
  start(events: AcdEvents): void {
    const started: unknown = this.#port.start(events)
    this.#isStarted = true
    contained(
      () => started,
      (error) => {
        this.#startFailed = true
        this.#log.error({ err: textOf(error) }, 'the ACD could not be started')
      },
    )
  }

  /** Rejects when the request has to be made again. */
  async request(request: AcdRequest | AcdCallRequest): Promise<void> {
    this.#requests += 1
    const number = this.#requests
    this.#asked.set(number, this.#clock.now())
    this.#watch()
    try {
      if (isAboutCall(request)) await this.#port.callRequest?.(request)
      else await this.#port.request(request)
      this.#isRefusing = false
      this.#complaints.over('refusal')
    } catch (error) {
      this.#failed += 1
      this.#isRefusing = true
      const about = 'user' in request ? { user: request.user } : { dialog: request.dialog }
      this.#complaints.about('refusal', (since) =>
        this.#log.warn(
          { request: request.type, ...about, err: textOf(error), ...since },
          'the ACD refused a request; it is made again',
        ),
      )
      throw error
    } finally {
      this.#asked.delete(number)
      if (this.#asked.size === 0) this.close()
    }
  }

  /** Stops the check for missing answers. Answers are still accepted. */
  close(): void {
    this.#cancelWatch?.()
    this.#cancelWatch = undefined
  }

  get #isSilent(): boolean {
    const [oldest] = this.#asked.values()
    return oldest !== undefined && this.#clock.now() - oldest >= PATIENCE
  }

  #watch(): void {
    this.#cancelWatch ??= this.#clock.at(this.#clock.now() + PATIENCE, () => {
      this.#cancelWatch = undefined
      if (this.#isSilent)
        this.#complaints.about('silence', () =>
          this.#log.warn(
            { unanswered: this.#asked.size },
            'the ACD does not answer; later requests for the same users and calls wait',
          ),
        )
      else this.#complaints.over('silence')
      if (this.#asked.size > 0) this.#watch()
    })
  }
}

const CALL_REQUESTS: Readonly<Record<AcdCallRequest['type'], true>> = {
  callRefused: true,
  callAnswered: true,
  callNotAnswered: true,
  dialled: true,
  callChanged: true,
  callOver: true,
  callAvailability: true,
}

const isAboutCall = (request: AcdRequest | AcdCallRequest): request is AcdCallRequest =>
  Object.hasOwn(CALL_REQUESTS, request.type)
