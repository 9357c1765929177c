/**
 * The interface between a transport (TCP, WebSocket, BOSH) and the session layer, which is the same for all transports
 * (`notifications 1.1`).
 */
import type { Element } from '../xml/element.ts'
import type { Packet } from '../xml/markup.ts'
import type { StreamCondition, XmlViolation } from '../xml/violation.ts'

/** Attributes of the server's stream header. */
export interface StreamHeader {
  readonly from: string
  readonly id: string
}

/** A stream error, with which the server ends a stream. */
export interface StreamError {
  readonly condition: StreamCondition
  /** The element for the client. */
  readonly packet: Packet
}

/** Outbound half: what a transport does for its stream. No method throws. */
export interface Wire {
  /** `tcp`, `websocket`, `bosh`; for logs. */
  readonly name: string
  /** Address of the client; `undefined` if unknown. */
  readonly source: string | undefined
  /** Bytes that were sent but have not left the process. */
  readonly buffered: number
  /** Answers the peer's stream header. */
  open(header: StreamHeader): void
  /**
   * Sends one element and returns its size in bytes. `written` is called exactly once: without an error when the
   * element has left the process or waits for the client to fetch it, with an error when it will never leave.
   */
  send(packet: Packet, written: (failure?: Error | null) => void): number
  /** The next input starts a new stream (after SASL). */
  restart(): void
  /** Closes stream and connection, with the error if there is one. Later input is discarded. */
  close(error?: StreamError): void
  /** Notes progress towards a session: the client has opened its stream or restarted it. */
  progressed(): void
  /** Notes that a resource is bound, so that the connections of the stream count as ones with a session. */
  bound(): void
  /** Notes that a password is being checked, until the returned function is called. */
  checkingPassword(): () => void
  /** Resets the connection without ending the stream, as a crashed machine would. */
  reset(): void
}

/** Inbound half: what a stream does for its transport. No method throws. */
export interface WirePeer {
  /** Called for any input, including white space and pings (`notifications 10`). */
  alive(bytes: number): void
  opened(attributes: ReadonlyMap<string, string>): void
  /** Handles an element. With a promise, the transport passes no more input until it settles. It never rejects. */
  element(element: Element): Promise<void> | undefined
  /** The client has closed its stream. */
  closed(): void
  failed(violation: XmlViolation): void
  /** The client's input waits for the server, until the promise settles. It never rejects. */
  waits(until: Promise<void>): void
  /** The connection has ended. */
  gone(): void
}

/** Creates the stream of a new connection. */
export type Connect = (wire: Wire) => WirePeer

/** Milliseconds in which a closed connection may send its buffered data and wait for the other end to close. */
const LINGER_MS = 1000

/** A connection that is closing. */
export interface Lingering {
  on(event: 'close', call: () => void): unknown
}

/** Calls `cutOff` if a connection that was closed has not ended after a second. */
export function cutOffLater(connection: Lingering, cutOff: () => void): void {
  // Real time on purpose: a shutdown must end even if the clock of the service is virtual and stands still.
  const timer = setTimeout(cutOff, LINGER_MS)
  connection.on('close', () => clearTimeout(timer))
}
