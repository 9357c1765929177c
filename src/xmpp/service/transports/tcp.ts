import type { Socket } from 'node:net'
import { breakOff, checkingPassword, hasSession, progressed, waited } from '../../../sockets/index.ts'
import { inTurn } from '../../../waiting/present-turn.ts'
import { escapeAttribute, type Packet } from '../xml/markup.ts'
import { StreamParser, type XmlLimits } from '../xml/parser.ts'
import { violationOf, XmlViolation } from '../xml/violation.ts'
import { Intake } from './intake.ts'
import { type Connect, cutOffLater, type StreamError, type Wire, type WirePeer } from './wire.ts'

/** Most pieces parsed in one turn, which takes a few milliseconds. A segment full of `>` has 65,536 pieces. */
export const PIECES_MAX = 1024

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** XMPP over TCP (RFC 6120): one XML document per direction, restarted after SASL. */
class TcpWire implements Wire {
  readonly name = 'tcp'
  readonly source: string | undefined
  readonly #socket: Socket
  readonly #limits: XmlLimits
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #peer: WirePeer | undefined
  #parser: StreamParser | undefined
  readonly #intake: Intake
  /** Input that waits while the stream is busy. */
  #rest = ''
  #closing = false

  constructor(socket: Socket, limits: XmlLimits) {
    this.source = socket.remoteAddress
    this.#socket = socket
    this.#limits = limits
    this.#intake = new Intake(
      socket,
      () => this.#pump(),
      (until) => this.#waits(until),
    )
  }

  get buffered(): number {
    return this.#socket.writableLength
  }

  start(peer: WirePeer): void {
    this.#peer = peer
    this.restart()
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (data) => this.#received(data))
    // An error is always followed by `close`.
    this.#socket.on('error', () => undefined)
    this.#socket.on('end', () => peer.gone())
    this.#socket.on('close', () => inTurn(() => peer.gone()))
  }

  open(header: { from: string; id: string }): void {
    const from = escapeAttribute(header.from)
    const id = escapeAttribute(header.id)
    this.#socket.write(
      `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="${from}" id="${id}" version="1.0" xml:lang="en">`,
    )
  }

  send(packet: Packet, written: (failure?: Error | null) => void): number {
    const bytes = Buffer.from(packet.streamed)
    this.#socket.write(bytes, written)
    return bytes.length
  }

  restart(): void {
    const peer = this.#peer
    if (peer === undefined) return
    this.#parser = new StreamParser(this.#limits, {
      header: (attributes) => peer.opened(attributes),
      element: (element) => this.#intake.waitFor(peer.element(element)),
      footer: () => peer.closed(),
    })
  }

  close(error?: StreamError): void {
    if (this.#closing) return
    this.#closing = true
    this.#rest = ''
    this.#socket.resume()
    if (this.#socket.writable) this.#socket.end(`${error?.packet.streamed ?? ''}</stream:stream>`)
    cutOffLater(this.#socket, () => this.#socket.destroy())
  }

  progressed(): void {
    progressed(this.#socket)
  }

  bound(): void {
    hasSession(this.#socket)
  }

  checkingPassword(): () => void {
    return checkingPassword(this.#socket)
  }

  reset(): void {
    this.#closing = true
    this.#rest = ''
    breakOff(this.#socket)
  }

  #waits(until: Promise<void>): void {
    const begun = performance.now()
    const ended = () => waited(this.#socket, performance.now() - begun)
    until.then(ended, ended)
    this.#peer?.waits(until)
  }

  #received(data: Buffer): void {
    this.#peer?.alive(data.length)
    if (this.#closing) return
    try {
      this.#rest += this.#decoder.decode(data, { stream: true })
    } catch {
      this.#peer?.failed(new XmlViolation('unsupported-encoding', 'not UTF-8'))
      return
    }
    this.#pump()
  }

  /** Parses the input in pieces that end after a `>`, so that it can pause after any stanza and let others proceed. */
  #pump(): void {
    for (let pieces = 0; this.#rest !== '' && !this.#closing && this.#intake.isReady(); pieces += 1) {
      if (pieces === PIECES_MAX) return this.#intake.waitFor(nextTurn())
      const end = this.#rest.indexOf('>')
      const piece = end < 0 ? this.#rest : this.#rest.slice(0, end + 1)
      this.#rest = this.#rest.slice(piece.length)
      try {
        this.#parser?.write(piece)
      } catch (error) {
        this.#peer?.failed(violationOf(error))
      }
    }
  }
}

/** Serves one TCP connection. `connect` creates its stream. */
export function serveTcp(socket: Socket, limits: XmlLimits, connect: Connect): void {
  const wire = new TcpWire(socket, limits)
  wire.start(connect(wire))
}
