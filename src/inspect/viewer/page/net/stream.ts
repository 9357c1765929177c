/** The live stream. It reconnects by itself. */

import { NotSignedIn, Refused, type Session } from '../../../../pages/browser/session.ts'
import { spread } from '../../../../waiting/pause.ts'
import type { Frame, ViewerMessage } from '../../../protocol.ts'
import { readFrame } from '../model/read.ts'

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** `retryAt` is in milliseconds since the page was opened. */
  | { readonly state: 'waiting'; readonly retryAt: number; readonly why: string }
  /** There is no live stream; only the past can be shown. */
  | { readonly state: 'recorded' }
  | { readonly state: 'ended' }

export interface StreamListener {
  heard(frame: Frame): void
  changed(connection: Connection): void
  /** The session has expired; the user must sign in again. */
  refused(): void
}

/** First and longest pause before another attempt, in milliseconds. */
const SHORT = 500
const LONG = 15_000

export class FrameStream {
  readonly #session: Session
  readonly #listener: StreamListener
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #focus: readonly string[] = []
  #tries = 0
  #isEnded = false

  constructor(session: Session, listener: StreamListener) {
    this.#session = session
    this.#listener = listener
  }

  /** Connects at once, and reconnects until `end`. */
  open(): void {
    clearTimeout(this.#timer)
    if (this.#isEnded) return
    this.#listener.changed({ state: 'connecting' })
    this.#session.ticket().then(
      (ticket) => this.#connect(ticket),
      (error: unknown) => {
        if (error instanceof NotSignedIn) return this.#listener.refused()
        this.#tries++
        this.#wait('the server does not answer')
      },
    )
  }

  /** Sets the aggregates whose whole events and contexts are wanted. It also counts for later connections. */
  focus(aggregates: readonly string[]): void {
    this.#focus = aggregates
    this.say({ type: '@mrdian.focus', aggregates })
  }

  /** Sends a message. Without a connection it is lost. */
  say(message: ViewerMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#listener.changed({ state: 'ended' })
  }

  #connect(ticket: string): void {
    if (this.#isEnded) return
    const url = new URL('stream', location.href)
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('format', 'mrdian')
    url.searchParams.set('ticket', ticket)
    for (const aggregate of this.#focus) url.searchParams.append('focus', aggregate)
    const socket = new WebSocket(url)
    this.#tries++
    this.#socket = socket
    socket.addEventListener('open', () => {
      this.#tries = 0
      this.#listener.changed({ state: 'open' })
    })
    socket.addEventListener('message', ({ data }) => {
      const frame = typeof data === 'string' ? readFrame(data) : undefined
      if (frame !== undefined) this.#listener.heard(frame)
    })
    socket.addEventListener('close', ({ reason }) => {
      if (socket !== this.#socket || this.#isEnded) return
      if (this.#tries === 0) this.#wait(reason || 'the connection was lost')
      else void this.#askWhy()
    })
  }

  /** A browser does not say why a stream was refused. The server does, if it gets a plain request for the path. */
  async #askWhy(): Promise<void> {
    const why = await this.#session.get('stream').then(
      () => undefined,
      (error: unknown) => error,
    )
    if (this.#isEnded) return
    if (why instanceof NotSignedIn) return this.#listener.refused()
    if (why instanceof Refused && why.code === 'NO_LIVE_STREAM') return this.#listener.changed({ state: 'recorded' })
    this.#wait(why instanceof Refused && why.code !== 'UPGRADE_NEEDED' ? why.message : 'the server does not answer')
  }

  #wait(why: string): void {
    if (this.#isEnded) return
    const wait = spread(Math.min(LONG, SHORT * 2 ** this.#tries), Math.random)
    this.#listener.changed({ state: 'waiting', retryAt: performance.now() + wait, why })
    this.#timer = setTimeout(() => this.open(), wait)
  }
}
