/** The part of a WebSocket that a viewer uses. Sockets of `ws` have it. Public types avoid `ws`, which has no types. */
export interface ViewerSocket {
  readonly readyState: number
  readonly OPEN: number
  /** Bytes that wait to be written. */
  readonly bufferedAmount: number
  on(event: 'message', listener: (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => void): unknown
  on(event: 'pong', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: () => void): unknown
  send(text: string, sent: (error?: Error) => void): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
}
