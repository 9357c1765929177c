/** One stream to one page. It remembers only the ids of agents to send, so that a slow page needs little memory. */
import type { WebSocket } from 'ws'
import type { Visitor } from '../access/visitor.ts'
import type { BoardMessage, ChangeMessage } from './protocol.ts'
import { CLOSED } from './protocol.ts'
import type { Scope } from './scope.ts'

/** Most agents in one message. */
const CHUNK = 250
/** While the socket has this many bytes to write, it gets no more. */
const FULL = 256 * 1024

/** What a change may contain beside agents. */
export type More = Pick<ChangeMessage, 'queues' | 'sides' | 'history'>

type Unnumbered<Message> = Message extends BoardMessage ? Omit<Message, 'number'> : never

/** The part of a WebSocket that is used. */
export type BoardSocket = Pick<WebSocket, 'bufferedAmount' | 'ping' | 'terminate'> & {
  send(text: string): void
  close(code: number, reason: string): void
  on(event: 'pong', listener: () => void): unknown
}

export class BoardReader {
  readonly visitor: Visitor
  readonly #socket: BoardSocket
  readonly #rowOf: (user: string) => string | undefined
  #users: ReadonlySet<string> = new Set()
  readonly #pending = new Set<string>()
  #more: More = {}
  #isReady = false
  #number = 0
  #answered = true
  #waits = 0

  /** `rowOf` returns the row of an agent as JSON text. */
  constructor(socket: BoardSocket, visitor: Visitor, rowOf: (user: string) => string | undefined) {
    this.#socket = socket
    this.visitor = visitor
    this.#rowOf = rowOf
    socket.on('pong', () => {
      this.#answered = true
    })
  }

  /** Begins anew: everything is sent again. */
  begin(scope: Scope, message: Unnumbered<BoardMessage>): void {
    this.#users = new Set(scope.users.map(({ id }) => id))
    this.#more = {}
    this.#isReady = false
    this.#pending.clear()
    for (const id of this.#users) this.#pending.add(id)
    this.#send(message)
  }

  changed(users: readonly string[], more: More): void {
    for (const id of users) if (this.#users.has(id)) this.#pending.add(id)
    this.#more = { ...this.#more, ...more }
  }

  /** Sends as much as the socket takes. Returns false if something is left. */
  flush(now: number): boolean {
    while (this.#socket.bufferedAmount < FULL) {
      if (this.#pending.size === 0 && Object.keys(this.#more).length === 0) {
        if (!this.#isReady) this.#send({ type: 'ready', now })
        this.#isReady = true
        this.#waits = 0
        return true
      }
      this.#sendChange(now)
    }
    return false
  }

  /** Sends a beat and a ping. Returns false if the page has not answered the last ping, or reads nothing. */
  beat(now: number): boolean {
    const isStuck = this.#socket.bufferedAmount >= FULL
    this.#waits = isStuck ? this.#waits + 1 : 0
    if (!this.#answered || this.#waits > 2) return false
    this.#answered = false
    this.#socket.ping()
    if (!isStuck) this.#send({ type: 'beat', now })
    return true
  }

  close(why: keyof typeof CLOSED): void {
    this.#socket.close(CLOSED[why], why)
    if (why === 'slow') this.#socket.terminate()
  }

  /** Joins texts, because the rows are JSON text already and need not be made again for each viewer. */
  #sendChange(now: number): void {
    const ids = [...this.#pending].slice(0, CHUNK)
    for (const id of ids) this.#pending.delete(id)
    const rows = ids.flatMap((id) => this.#rowOf(id) ?? [])
    const { queues, sides, history } = this.#more
    this.#more = {}
    this.#number += 1
    const parts = [
      `"type":"change","number":${this.#number},"now":${now}`,
      ...(rows.length > 0 ? [`"agents":[${rows.join()}]`] : []),
      ...(queues ? [`"queues":${JSON.stringify(queues)}`] : []),
      ...(sides ? [`"sides":${JSON.stringify(sides)}`] : []),
      ...(history ? [`"history":${JSON.stringify(history)}`] : []),
    ]
    this.#socket.send(`{${parts.join()}}`)
  }

  #send(message: Unnumbered<BoardMessage>): void {
    this.#number += 1
    this.#socket.send(JSON.stringify({ ...message, number: this.#number }))
  }
}
