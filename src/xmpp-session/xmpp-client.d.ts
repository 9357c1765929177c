/** Types of the part of @xmpp/client 0.14 that the gateway uses. The package has none. */
declare module '@xmpp/client' {
  export type XmppElement = import('./xmpp-element.ts').XmppElement

  export interface XmppEvents {
    error: (error: Error) => void
    online: (jid: { toString(): string }) => void
    disconnect: (status: { clean: boolean }) => void
    stanza: (stanza: XmppElement) => void
  }

  export interface XmppClient {
    /** Time-out of each step of opening and closing, in milliseconds; 2000 by default. */
    timeout: number
    readonly socket: unknown
    /** `null` while no stream is open. */
    readonly parser: unknown
    /** Called with the data from the socket. Throws when `parser` is `null`, and on some malformed input. */
    _onData(data: unknown): void
    /** Called with each child of the stream. */
    _onElement(element: XmppElement): void
    connect(service: string): Promise<unknown>
    /** Opens the stream. The library then signs in and binds a resource, and emits `online`. */
    open(options: { domain: string }): Promise<unknown>
    stop(): Promise<unknown>
    send(element: XmppElement): Promise<void>
    on<E extends keyof XmppEvents>(event: E, listener: XmppEvents[E]): this
    readonly reconnect: { stop(): void }
  }

  export interface XmppClientOptions {
    /** `xmpp://host:port`, `xmpps://…`, `ws://…` */
    readonly service: string
    readonly domain: string
    readonly resource?: string
    readonly credentials: (
      authenticate: (credentials: { username: string; password: string }, mechanism: string) => Promise<void>,
      /** Mechanisms that client and server support, the strongest first. */
      mechanisms: readonly string[],
    ) => Promise<void>
  }

  export function client(options: XmppClientOptions): XmppClient
  export function xml(
    name: string,
    attrs?: Readonly<Record<string, string | undefined>>,
    ...children: (XmppElement | string)[]
  ): XmppElement
}
