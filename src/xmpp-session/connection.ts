import { StringDecoder } from 'node:string_decoder'
import { client, type XmppClient, xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Clock } from '../engine/ports.ts'
import { within } from '../waiting/within.ts'
import { ConnectionLost, RequestRefused, Requests } from './requests.ts'
import type { XmppElement } from './xmpp-element.ts'

/** How to connect to an XMPP server, to sign in, and what to do with stanzas. */
export interface ConnectionOptions {
  /** Address of the server, for example `xmpp://127.0.0.1:5222`, `xmpps://…`, `ws://…/ws`. */
  readonly service: string
  readonly domain: string
  readonly username: string
  readonly password: string
  readonly resource?: string
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
  /** Called with each available or unavailable presence, in the order of the stream. `from` is a JID. */
  readonly onPresence: (from: string, available: boolean) => void
  /** Called with each message, in the order of the stream. */
  readonly onMessage?: (stanza: XmppElement) => void
  /** Creates the error for a request that is not answered in time. */
  readonly late: () => Error
  /** Asks for the presence of each session that is reported as unavailable. Default: false. */
  readonly probesLostSessions?: boolean
  /** Most characters of one stanza. A longer one ends the session. Default: no limit. */
  readonly longestStanza?: number
}

const NS_STREAM = 'http://etherx.jabber.org/streams'
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
const REFUSED_OFFERS: readonly string[] = ['urn:xmpp:sm:3', 'urn:xmpp:sasl:2']

/** How long the orderly end of a session may take, in milliseconds of real time. */
const ORDERLY_END_MS = 500

interface Switchable {
  setNoDelay(on: boolean): void
}

function isSwitchable(socket: unknown): socket is Switchable {
  return typeof socket === 'object' && socket !== null && 'setNoDelay' in socket
}

interface Destroyable {
  destroy(): void
}

function isDestroyable(socket: unknown): socket is Destroyable {
  return typeof socket === 'object' && socket !== null && 'destroy' in socket
}

/** Turns off Nagle's algorithm, so that small stanzas are sent at once. Not every transport has this setting. */
function withoutDelay(entity: XmppClient): void {
  if (isSwitchable(entity.socket)) entity.socket.setNoDelay(true)
}

/** One session of @xmpp/client, from sign-in to loss. It never reconnects. Its owner creates a new one instead. */
export class XmppConnection {
  /** The newest error of the session, such as the condition with which the server ended it. */
  problem: Error | undefined
  readonly #entity: XmppClient
  readonly #options: ConnectionOptions
  readonly #requests: Requests
  readonly #lost = Promise.withResolvers<void>()
  /** Resolves when the session is over. */
  readonly lost = this.#lost.promise
  #closed: Promise<void> | undefined
  #online = false
  /** The full JID that the server has assigned; `''` before. */
  jid = ''
  /** Characters since the last complete child of the stream. */
  #unfinished = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#requests = new Requests(options.clock, options.requestTimeoutMs, options.late)
    const { service, domain, username, password, resource } = options
    this.#entity = client({
      service,
      domain,
      ...(resource === undefined ? {} : { resource }),
      credentials: (authenticate, offered) => authenticate({ username, password }, mechanismOf(offered)),
    })
    // The library's own time-out of two seconds for each step would make `connectTimeoutMs` meaningless.
    this.#entity.timeout = options.connectTimeoutMs
    this.#guardInput()
    this.#refuseOffers()
    // The library would reconnect every second, without back-off.
    this.#entity.reconnect.stop()
    // Without a listener an error would end the process.
    this.#entity.on('error', (error) => {
      this.problem = error
      options.logger.debug({ err: error }, 'XMPP connection')
    })
    this.#entity.on('stanza', (stanza) => this.#received(stanza))
    this.#entity.on('disconnect', () => this.#over())
  }

  /** Connects, signs in and binds. Rejects when that fails, takes longer than the time-out, or `close` is called. */
  open(): Promise<void> {
    const { clock, connectTimeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      const cancel = clock.at(clock.now() + connectTimeoutMs, () => reject(new ConnectionLost('no answer in time')))
      const settle = (done: () => void) => {
        cancel()
        done()
      }
      this.#entity.on('online', (jid) => {
        this.#online = true
        this.jid = jid.toString()
        withoutDelay(this.#entity)
        settle(resolve)
      })
      this.lost.then(
        () => settle(() => reject(new ConnectionLost('refused or closed before sign-in'))),
        () => undefined,
      )
      this.#entity.on('error', (error) => settle(() => reject(error)))
      this.#connect().catch((error: unknown) => settle(() => reject(error)))
    })
  }

  /**
   * Does the same as `start` of the library. `start` also creates a promise whose rejection cannot be caught when the
   * server closes the connection at once.
   */
  async #connect(): Promise<void> {
    const { service, domain } = this.#options
    await this.#entity.connect(service)
    await this.#entity.open({ domain })
  }

  /** Sends available presence with priority 0 and waits until the service has handled it. */
  async appear(): Promise<void> {
    await this.#entity.send(xml('presence', {}, xml('priority', {}, '0')))
    // The service sends everything that the presence causes before it answers this ping.
    await this.ping()
  }

  /** Makes one round trip to the service. */
  async ping(): Promise<void> {
    await this.request('get', this.#options.domain, () => xml('ping', { xmlns: 'urn:xmpp:ping' }))
  }

  /** Sends a request. Resolves with the stanza of its result; rejects as `Requests.send` does. */
  request(type: 'get' | 'set', to: string, payload: () => XmppElement): Promise<XmppElement> {
    return this.#requests.send((id) => this.#entity.send(xml('iq', { type, id, to }, payload())))
  }

  /** Ends the session. May be called at any time and repeatedly. Resolves when the socket is closed; never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#over()
    const { socket } = this.#entity
    this.#entity.timeout = ORDERLY_END_MS
    const stopped = this.#entity.stop().catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'XMPP connection did not close in order')
    })
    // An orderly end takes a round trip. There is none when the sign-in never succeeded or the service does not answer.
    await within(this.#online ? ORDERLY_END_MS : 0, stopped)
    if (isDestroyable(socket)) socket.destroy()
  }

  /**
   * Works around two faults of the library. It throws inside the socket's event handler, which would end the process,
   * for data after the end of a stream and for an end tag without a start tag. It also decodes each chunk of input
   * alone, which breaks characters that lie across two chunks: a session with such a character in its resource would
   * become available and unavailable under different names.
   */
  #guardInput(): void {
    const entity = this.#entity
    const receive = entity._onData.bind(entity)
    const decoder = new StringDecoder('utf8')
    entity._onData = (data) => {
      if (entity.parser === null) return
      try {
        const text = Buffer.isBuffer(data) ? decoder.write(data) : data
        this.#unfinished += typeof text === 'string' ? text.length : 0
        receive(text)
        if (this.#unfinished > (this.#options.longestStanza ?? Number.POSITIVE_INFINITY))
          throw new RangeError('a stanza is too long')
      } catch (error) {
        this.#options.logger.debug({ err: error }, 'the notification service sent malformed XML, or too much of it')
        this.close()
      }
    }
  }

  /**
   * Hides offers of stream management, because the library and Prosody count stanzas differently, and unconfirmed
   * notifications are published again anyway. SASL2 is hidden too, because it would enable stream management.
   */
  #refuseOffers(): void {
    const entity = this.#entity
    const take = entity._onElement.bind(entity)
    entity._onElement = (element) => {
      this.#unfinished = 0
      if (element.is('features', NS_STREAM))
        for (const offer of element.getChildElements())
          if (REFUSED_OFFERS.includes(offer.attrs.xmlns ?? '')) element.remove(offer)
      take(element)
    }
  }

  #over(): void {
    this.#requests.fail(new ConnectionLost())
    this.#lost.resolve()
  }

  /**
   * Asks for the presence of a session that is reported as unavailable. A second session with the same full JID ends
   * the first, and some servers (ejabberd) report that end after the presence of the second. When no session is left,
   * the answer has no full JID, so it is ignored.
   */
  #probe(from: string): void {
    const [bare = '', resource] = from.split('/', 2)
    if (resource === undefined) return
    this.#entity.send(xml('presence', { type: 'probe', to: bare })).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'XMPP connection did not ask for a presence')
    })
  }

  #received(stanza: XmppElement): void {
    const { type, id, from } = stanza.attrs
    if (stanza.name === 'presence' && from !== undefined) {
      if (type === undefined || type === 'unavailable') this.#options.onPresence(from, type === undefined)
      if (type === 'unavailable' && this.#options.probesLostSessions) this.#probe(from)
    } else if (stanza.name === 'iq' && id !== undefined && (type === 'result' || type === 'error')) {
      this.#requests.answer(id, type === 'error' ? new RequestRefused(conditionOf(stanza)) : stanza)
    } else if (stanza.name === 'message') {
      this.#options.onMessage?.(stanza)
    }
  }
}

/** The standard condition of an error. Servers may put more specific conditions before or after it. */
function conditionOf(stanza: XmppElement): string {
  const conditions = stanza.getChild('error')?.getChildElements() ?? []
  const standard = conditions.find(({ name, attrs }) => attrs.xmlns === NS_STANZAS && name !== 'text')
  return (standard ?? conditions[0])?.name ?? 'undefined-condition'
}

/** The strongest offered mechanism. `offered` is in the library's order, which begins with the strongest. */
function mechanismOf(offered: readonly string[]): string {
  return offered.find((name) => name !== 'ANONYMOUS') ?? 'PLAIN'
}
