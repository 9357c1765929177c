import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { sourceOf } from '../../../http/index.ts'
import { checkingPassword, hasSession, type Peer, progressed, waited } from '../../../sockets/index.ts'
import { inTurn } from '../../../waiting/present-turn.ts'
import { NS } from '../namespaces.ts'
import { type Packet, tag } from '../xml/markup.ts'
import { parseFrame, type XmlLimits } from '../xml/parser.ts'
import { violationOf, XmlViolation } from '../xml/violation.ts'
import { Intake } from './intake.ts'
import { type Connect, cutOffLater, type StreamError, type Wire, type WirePeer } from './wire.ts'

function textOfFrame(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}

/** XMPP over WebSocket (RFC 7395): one element per frame (`notifications 3.5`). */
class WebSocketWire implements Wire {
  readonly name = 'websocket'
  readonly source: string | undefined
  readonly #socket: WebSocket
  readonly #tcpSocket: Peer
  readonly #limits: XmlLimits
  #peer: WirePeer | undefined
  readonly #intake: Intake
  /** Frames that arrived while the stream was busy. There are few, because the socket is paused meanwhile. */
  readonly #frames: string[] = []
  #closing = false

  constructor(socket: WebSocket, upgrade: IncomingMessage, limits: XmlLimits) {
    this.source = sourceOf(upgrade)
    this.#socket = socket
    this.#tcpSocket = upgrade.socket
    this.#limits = limits
    this.#intake = new Intake(
      socket,
      () => this.#pump(),
      (until) => this.#waits(until),
    )
  }

  get buffered(): number {
    return this.#socket.bufferedAmount
  }

  start(peer: WirePeer): void {
    this.#peer = peer
    this.#socket.on('message', (data, isBinary) => this.#received(data, isBinary))
    this.#socket.on('ping', () => peer.alive(2))
    this.#socket.on('pong', () => peer.alive(2))
    // An error is always followed by `close`.
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => inTurn(() => peer.gone()))
  }

  open(header: { from: string; id: string }): void {
    const attributes = { from: header.from, id: header.id, version: '1.0', 'xml:lang': 'en' }
    this.#socket.send(tag('open', { xmlns: NS.framing, ...attributes }).xml, () => undefined)
  }

  send(packet: Packet, written: (failure?: Error | null) => void): number {
    const bytes = Buffer.from(packet.framed)
    this.#socket.send(bytes, { binary: false }, written)
    return bytes.length
  }

  restart(): void {
    // Nothing to do, because each frame is a document of its own.
  }

  close(error?: StreamError): void {
    if (this.#closing) return
    this.#closing = true
    this.#frames.length = 0
    this.#socket.resume()
    // After an outage thousands of sockets end in one moment. Each attempt to write to one would cost an error object.
    if (this.#socket.readyState === this.#socket.CLOSED) return
    if (error !== undefined) this.#socket.send(error.packet.framed, () => undefined)
    this.#socket.send(tag('close', { xmlns: NS.framing }).xml, () => undefined)
    this.#socket.close(1000)
    cutOffLater(this.#socket, () => this.#socket.terminate())
  }

  progressed(): void {
    progressed(this.#tcpSocket)
  }

  bound(): void {
    hasSession(this.#tcpSocket)
  }

  checkingPassword(): () => void {
    return checkingPassword(this.#tcpSocket)
  }

  reset(): void {
    this.#closing = true
    this.#frames.length = 0
    this.#socket.terminate()
  }

  #waits(until: Promise<void>): void {
    const begun = performance.now()
    const ended = () => waited(this.#tcpSocket, performance.now() - begun)
    until.then(ended, ended)
    this.#peer?.waits(until)
  }

  #received(data: RawData, isBinary: boolean): void {
    const frame = textOfFrame(data)
    this.#peer?.alive(Buffer.byteLength(frame))
    if (this.#closing) return
    if (isBinary) {
      this.#peer?.failed(new XmlViolation('bad-format', 'binary frame'))
      return
    }
    this.#frames.push(frame)
    this.#pump()
  }

  #pump(): void {
    while (this.#frames.length > 0 && !this.#closing && this.#intake.isReady()) {
      const frame = this.#frames.shift() ?? ''
      try {
        this.#handle(frame)
      } catch (error) {
        this.#peer?.failed(violationOf(error))
      }
    }
  }

  #handle(frame: string): void {
    const element = parseFrame(frame, this.#limits)
    if (element === undefined) return
    if (element.ns === NS.framing) {
      if (element.name === 'open') this.#peer?.opened(element.attributes)
      else if (element.name === 'close') this.#peer?.closed()
      else throw new XmlViolation('bad-format', element.name)
      return
    }
    this.#intake.waitFor(this.#peer?.element(element))
  }
}

/** Serves one WebSocket. `connect` creates its stream. `upgrade`: the request that opened the WebSocket. */
export function serveWebSocket(socket: WebSocket, upgrade: IncomingMessage, limits: XmlLimits, connect: Connect): void {
  const wire = new WebSocketWire(socket, upgrade, limits)
  wire.start(connect(wire))
}
