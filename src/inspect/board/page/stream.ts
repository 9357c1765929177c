/** The stream. It connects again if it ends, if a message is missing, or if it becomes silent. */
import type { Session } from '../../../pages/browser/session.ts'
import { type BoardMessage, CLOSED } from '../protocol.ts'
import { isNotAdmitted } from './sign-in.ts'

export type Connection = 'connecting' | 'open' | 'lost'

export interface StreamEvents {
  /** Returns false if a message is missing; then the stream begins again. */
  message(message: BoardMessage): boolean
  connection(state: Connection): void
  /** The stream has ended for good, and the viewer must sign in again. */
  signedOut(reason: string): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** Milliseconds without a message after which the stream counts as lost. The server sends one every ten seconds. */
const SILENCE_MS = 25_000

export class BoardStream {
  readonly #session: Session
  readonly #events: StreamEvents
  #socket: WebSocket | undefined
  #pause = FIRST_PAUSE_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #isEnded = false

  constructor(session: Session, events: StreamEvents) {
    this.#session = session
    this.#events = events
    void this.#connect()
  }

  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    clearTimeout(this.#silence)
    this.#session.end()
    this.#socket?.close()
  }

  async #connect(): Promise<void> {
    this.#events.connection('connecting')
    const ticket = await this.#session.ticket().catch((error: unknown) => this.#refused(error))
    if (ticket === undefined || this.#isEnded) return
    const url = new URL('/inspect/board/stream', location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    url.searchParams.set('ticket', ticket)
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(socket, data))
    socket.addEventListener('close', ({ code }) => this.#closed(socket, code))
  }

  #refused(error: unknown): undefined {
    if (!isNotAdmitted(error)) this.#reconnectLater()
    else if (!this.#isEnded) {
      this.end()
      this.#events.signedOut(error.message)
    }
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return
    this.#watch(socket)
    const message: BoardMessage = JSON.parse(data)
    if (!this.#events.message(message)) return socket.close()
    if (message.type === 'ready') {
      this.#pause = FIRST_PAUSE_MS
      this.#events.connection('open')
    }
  }

  #watch(socket: WebSocket): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      socket.close()
      this.#closed(socket, 0)
    }, SILENCE_MS)
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket || this.#isEnded) return
    this.#socket = undefined
    clearTimeout(this.#silence)
    if (code !== CLOSED.forbidden) return this.#reconnectLater()
    this.end()
    this.#events.signedOut('you may not see the board any more')
  }

  #reconnectLater(): void {
    if (this.#isEnded) return
    this.#events.connection('lost')
    // A random delay, so that not all pages connect at once.
    const pause = this.#pause * (0.75 + Math.random() / 2)
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS)
    this.#timer = setTimeout(() => void this.#connect(), pause)
  }
}
