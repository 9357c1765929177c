/** The upgrade of a connection to a WebSocket, and what goes over it afterwards. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { type Duplex, pipeline } from 'node:stream'
import { hasSession } from '../../sockets/index.ts'
import { watchConnection } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import type { ForwardRefusal } from './refusal.ts'

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
    upstream.on('error', () => undefined)
    upstream.once('close', over)
    socket.off('close', gone)
    socket.once('close', () => upstream.destroy())
    if (socket.destroyed) {
      upstream.destroy()
      return
    }
    answer.detachSocket(asked.socket)
    // From here on the owner limits the connection: each stream has a connection of its own there.
    hasSession(asked.socket)
    socket.write(headOf(incoming, name))
    socket.unshift(head)
    upstream.unshift(first)
    pipeline(socket, upstream, () => socket.destroy())
    pipeline(upstream, socket, () => upstream.destroy())
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

function headOf(incoming: IncomingMessage, name: string): string {
  const headers = answerHeaders(incoming, name)
  const lines = Array.from({ length: headers.length / 2 }, (_, at) => `${headers[2 * at]}: ${headers[2 * at + 1]}`)
  const first = `HTTP/1.1 101 ${incoming.statusMessage ?? ''}`
  return [first, ...lines, 'Connection: Upgrade', `Upgrade: ${incoming.headers.upgrade ?? ''}`, '', ''].join('\r\n')
}
