/** One request that is passed on, and its answer. Both bodies are streams, so nothing is kept in memory. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { type ForwardRefusal, refusalWithout } from './refusal.ts'

/** A request and its answer, on both kinds of server. */
export type Asked = IncomingMessage | Http2ServerRequest
export type Answer = ServerResponse | Http2ServerResponse

/** Longest time in ms until the owner is connected. */
const CONNECT_MS = 3000
/** Longest time in ms until the owner begins its answer. Some requests of BOSH wait for a minute on purpose. */
const ANSWER_MS = 120_000
/** Time in ms without traffic after which the system looks whether the other machine is there. */
const ALIVE_MS = 10_000

export interface Exchange {
  readonly asked: Asked
  readonly outgoing: ClientRequest
  /** Sends the beginning of the answer. */
  begin(incoming: IncomingMessage): Answer
  /** There is no answer. `error` says why. */
  refused(why: ForwardRefusal, error: Error): void
  /** Everything is over. */
  over(): void
}

/** Sends the body of the request, and the answer. */
export function run({ asked, outgoing, begin, refused, over }: Exchange): void {
  const connection = watchConnection(outgoing)
  outgoing.once('close', () => {
    connection.end()
    over()
  })
  let incoming: IncomingMessage | undefined
  outgoing.once('response', (response) => {
    connection.end()
    incoming = response
    const answer = begin(response)
    // The owner does not want the rest of the body.
    if (response.headers.connection === 'close') letGo(asked, outgoing)
    // If the owner breaks off, so does this answer: a part must not look like the whole.
    pipeline(response, answer, () => undefined)
  })
  outgoing.on('error', (error) => {
    letGo(asked, outgoing)
    // Without the whole request the owner has done nothing.
    const wasSent = connection.wasSent() && outgoing.writableEnded
    if (incoming === undefined) refused(refusalWithout(asked.method ?? '', wasSent), error)
  })
  asked.pipe(outgoing)
}

/** Reads the rest of a body that nobody wants. A connection that closes with unread data is reset. */
function letGo(asked: Asked, outgoing: ClientRequest): void {
  asked.unpipe(outgoing)
  asked.resume()
}

/** Watches the connection to the owner: its time limits, and whether it was there. */
export function watchConnection(outgoing: ClientRequest) {
  let wasSent = false
  let timer: NodeJS.Timeout | undefined
  const limit = (ms: number, message: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => outgoing.destroy(new Error(message)), ms)
  }
  const isThere = () => {
    wasSent = true
    limit(ANSWER_MS, 'it does not answer')
  }
  outgoing.once('socket', (socket: Socket) => {
    if (!socket.connecting) return isThere()
    limit(CONNECT_MS, 'no connection in time')
    socket.setKeepAlive(true, ALIVE_MS)
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', isThere)
  })
  return { wasSent: () => wasSent, end: () => clearTimeout(timer) }
}
