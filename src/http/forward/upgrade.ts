/** The upgrade of a connection to a WebSocket, and what goes over it afterwards. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { hasSession } from '../../sockets/index.ts'
import { watchConnection } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import type { ForwardRefusal } from './refusal.ts'

/** Longest time in ms without traffic for the last words of a stream. */
const LAST_WORDS_MS = 10_000

export interface Upgrading {
  readonly asked: IncomingMessage
  readonly outgoing: ClientRequest
  /** For an answer that is none of the new protocol. */
  readonly answer: ServerResponse
  readonly socket: Duplex
  /** What the client has sent behind its request. */
  readonly head: Buffer
  /** The machine that passes on. */
  readonly name: string
  begin(incoming: IncomingMessage): void
  refused(why: ForwardRefusal, error: Error): void
  over(): void
}

/** Passes everything on when the owner agrees. If one end closes, the other one is closed. */
export function passUpgrade({ asked, outgoing, answer, socket, head, name, begin, refused, over }: Upgrading): void {
  const connection = watchConnection(outgoing)
  let isOpen = false
  const gone = () => outgoing.destroy()
  socket.once('close', gone)
  outgoing.once('upgrade', (incoming, upstream, first) => {
    connection.end()
    isOpen = true
    const { socket: client } = asked
    upstream.on('error', () => undefined)
    socket.off('close', gone)
    upstream.once('close', () => {
      over()
      endSoon(client)
    })
    client.once('close', () => endSoon(upstream))
    answer.detachSocket(client)
    // From here on the owner limits the connection: each stream has a connection of its own there.
    hasSession(client)
    socket.write(headOf(incoming, name))
    socket.unshift(head)
    upstream.unshift(first)
    socket.pipe(upstream).pipe(socket)
  })
  outgoing.once('response', (incoming) => {
    connection.end()
    begin(incoming)
    pipeline(incoming, answer, (error) => error && socket.destroy())
  })
  let isRefused = false
  outgoing.on('error', (error) => {
    if (answer.headersSent || isRefused || socket.destroyed) return
    isRefused = true
    refused('AWAY', error)
  })
  outgoing.once('close', () => {
    connection.end()
    if (!isOpen) over()
  })
  outgoing.end()
}

/** Ends a connection when everything is written, or when the other end does not read. */
function endSoon(socket: Socket): void {
  socket.setTimeout(LAST_WORDS_MS, () => socket.destroy())
  socket.destroySoon()
}

function headOf(incoming: IncomingMessage, name: string): string {
  const headers = answerHeaders(incoming, name)
  const lines = Array.from({ length: headers.length / 2 }, (_, at) => `${headers[2 * at]}: ${headers[2 * at + 1]}`)
  const first = `HTTP/1.1 101 ${incoming.statusMessage ?? ''}`
  return [first, ...lines, 'Connection: Upgrade', `Upgrade: ${incoming.headers.upgrade ?? ''}`, '', ''].join('\r\n')
}
