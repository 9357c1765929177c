import { WebSocket } from 'ws'
import { TransportClient } from './transport-client.ts'

/** A client over WebSocket that sends frames as they are, but adds the namespace that a stanza in a frame needs. */
export class WebSocketClient extends TransportClient {
  readonly socket: WebSocket
  /** Code with which the connection closed. */
  readonly code: Promise<number>

  private constructor(socket: WebSocket) {
    super()
    this.socket = socket
    socket.on('message', (data) => this.took(data.toString()))
    socket.on('error', () => undefined)
    this.code = new Promise((resolve) => socket.on('close', resolve))
    socket.on('close', () => this.finish())
  }

  /** `port` is the one of BOSH and WebSocket. */
  static open(port: number, scheme: 'ws' | 'wss' = 'ws'): Promise<WebSocketClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/ws`, 'xmpp', { rejectUnauthorized: false })
      socket.once('error', reject)
      const client = new WebSocketClient(socket)
      socket.once('open', () => resolve(client))
    })
  }

  send(stanza: string): void {
    this.socket.send(stanza.replace(/^<(iq|message|presence)(?![^>]* xmlns=)(?=[ />])/, "<$1 xmlns='jabber:client'"))
  }

  header(to: string): void {
    this.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${to}' version='1.0'/>`)
  }

  stopReading(): void {
    this.socket.pause()
  }
}
