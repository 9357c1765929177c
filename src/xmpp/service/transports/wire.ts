/**
 * The seam between a transport (TCP, WebSocket, BOSH) and the session layer, which is the same for all
 * (`notifications 1.1`).
 */
import type { Element } from '../xml/element.ts'
import type { Packet } from '../xml/markup.ts'
import type { StreamCondition, XmlViolation } from '../xml/violation.ts'

/** What the server says of itself when a stream opens. */
export interface StreamHeader {
  readonly from: string
  readonly id: string
}

/** Why the server ends a stream. */
export interface StreamError {
  readonly condition: StreamCondition
  /** As it goes to the peer. */
  readonly packet: Packet
}

/** Outbound half: what a transport does for its stream. Nothing here throws. */
export interface Wire {
  /** `tcp`, `websocket`, `bosh`; for logs. */
  readonly name: string
  /** Address of the client, as far as it is known. */
  readonly source: string | undefined
  /** Bytes that were sent but have not left the process. */
  readonly buffered: number
  /** Answers the peer's stream header. */
  open(header: StreamHeader): void
  /**
   * Sends one element and returns its size in bytes. `written` is called exactly once: when the element has left the
   * process, or waits for the peer to fetch it; with the reason when it never will leave.
   */
  send(packet: Packet, written: (failure?: Error | null) => void): number
  /** The next input starts a new stream (after SASL). */
  restart(): void
  /** Closes stream and connection, with the error if there is one; input from now on is discarded. */
  close(error?: StreamError): void
  /** The peer has opened its stream, at first or anew: it comes nearer to a session. */
  progressed(): void
  /** The stream is bound: whatever connection carries it has a session. */
  bound(): void
  /** A password is being checked, until the returned function is called. */
  checkingPassword(): () => void
  /** Breaks the connection without a word, as where nobody is there any more to say one. */
  reset(): void
}

/** Inbound half: what a stream does for its transport. Nothing here throws. */
export interface WirePeer {
  /** Any input at all, white space and pings included (`notifications 10`). */
  alive(bytes: number): void
  opened(attributes: ReadonlyMap<string, string>): void
  /** With a promise the transport delivers nothing more until it settles; it never rejects. */
  element(element: Element): Promise<void> | undefined
  /** The peer closed its stream. */
  closed(): void
  failed(violation: XmlViolation): void
  /** The connection is gone. */
  gone(): void
}

/** Makes the stream on a new connection. */
export type Connect = (wire: Wire) => WirePeer

/** Milliseconds that a closed connection may take to send what is buffered and to be closed by the peer too. */
const LINGER_MS = 1000

/** What is left of a connection that was closed. */
export interface Lingering {
  on(event: 'close', call: () => void): unknown
}

/** Cuts a connection that was closed off if it takes too long over it. */
export function cutOffLater(connection: Lingering, cutOff: () => void): void {
  // Real time on purpose: a shutdown has to end even where the clock of the service is virtual and stands still.
  const timer = setTimeout(cutOff, LINGER_MS)
  connection.on('close', () => clearTimeout(timer))
}
