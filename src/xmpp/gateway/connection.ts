import { StringDecoder } from 'node:string_decoder'
import { client, type XmppClient, xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Clock } from '../../engine/ports.ts'
import { within } from '../../waiting/within.ts'
import { ConnectionLost, RequestRefused, Requests } from './requests.ts'
import type { XmppElement } from './xmpp-element.ts'

/** How to reach a service and sign in. */
export interface ConnectionOptions {
  /** For example `xmpp://127.0.0.1:5222`. */
  readonly service: string
  readonly domain: string
  readonly username: string
  readonly password: string
  readonly resource?: string
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
  /** An available or unavailable presence of somebody, in the order of the stream. */
  readonly onPresence: (from: string, available: boolean) => void
}

const NS_STREAM = 'http://etherx.jabber.org/streams'
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
const REFUSED_OFFERS: readonly string[] = ['urn:xmpp:sm:3', 'urn:xmpp:sasl:2']

/** Real milliseconds that the orderly end of a session may take. */
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

/** Small stanzas must not wait for one another; not every transport has the switch. */
function withoutDelay(entity: XmppClient): void {
  if (isSwitchable(entity.socket)) entity.socket.setNoDelay(true)
}

/** One @xmpp/client session from sign-in to loss. It never reconnects by itself: its owner makes a new one. */
export class GatewayConnection {
  /** Resolves, once, when the session is over. */
  readonly lost: Promise<void>
  readonly #entity: XmppClient
  readonly #options: ConnectionOptions
  readonly #requests: Requests
  #lose: () => void = () => undefined
  #closed: Promise<void> | undefined
  #online = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#requests = new Requests(options.clock, options.requestTimeoutMs)
    this.lost = new Promise((resolve) => {
      this.#lose = resolve
    })
    const { service, domain, username, password, resource } = options
    this.#entity = client({
      service,
      domain,
      ...(resource === undefined ? {} : { resource }),
      credentials: (authenticate, offered) => authenticate({ username, password }, mechanismOf(offered)),
    })
    // The library gives up each step of its own after two seconds: how long is waited is said in one place.
    this.#entity.timeout = options.connectTimeoutMs
    this.#guardInput()
    this.#refuseOffers()
    // It would reconnect every second for ever, without back-off.
    this.#entity.reconnect.stop()
    // Without a listener an error would end the process.
    this.#entity.on('error', (error) => options.logger.debug({ err: error }, 'gateway connection'))
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
      this.#entity.on('online', () => {
        this.#online = true
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

  /** What `start` of the library does, but for a promise that nobody could catch when the peer drops us at once. */
  async #connect(): Promise<void> {
    const { service, domain } = this.#options
    await this.#entity.connect(service)
    await this.#entity.open({ domain })
  }

  /** Sends available presence with priority 0 and waits until the service has handled it. */
  async appear(): Promise<void> {
    await this.#entity.send(xml('presence', {}, xml('priority', {}, '0')))
    // Whatever the service sends because of the presence comes before the answer to this.
    await this.ping()
  }

  /** One round trip. */
  async ping(): Promise<void> {
    await this.request('get', this.#options.domain, () => xml('ping', { xmlns: 'urn:xmpp:ping' }))
  }

  /** Sends a request; resolves with the stanza of its result (see `Requests`). */
  request(type: 'get' | 'set', to: string, payload: () => XmppElement): Promise<XmppElement> {
    return this.#requests.send((id) => this.#entity.send(xml('iq', { type, id, to }, payload())))
  }

  /** Requests without an answer so far. */
  get outstanding(): number {
    return this.#requests.size
  }

  /** Ends the session; safe at any time, and as often as one likes. Resolves when the socket is closed; never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#over()
    const { socket } = this.#entity
    this.#entity.timeout = ORDERLY_END_MS
    const stopped = this.#entity.stop().catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'gateway connection did not close in order')
    })
    // An orderly end takes a round trip; a peer that never let us in, or does not answer, does not get one.
    await within(this.#online ? ORDERLY_END_MS : 0, stopped)
    if (isDestroyable(socket)) socket.destroy()
  }

  /**
   * The library throws out of the socket's event, and so ends the process, when data comes after the end of a stream and
   * on an end tag that nothing opened. It also decodes each piece of input alone, which spoils characters that lie across
   * two of them: a session whose resource has such a character would come and go under different names.
   */
  #guardInput(): void {
    const entity = this.#entity
    const receive = entity._onData.bind(entity)
    const decoder = new StringDecoder('utf8')
    entity._onData = (data) => {
      if (entity.parser === null) return
      try {
        receive(Buffer.isBuffer(data) ? decoder.write(data) : data)
      } catch (error) {
        this.#options.logger.debug({ err: error }, 'the notification service sent what is no XML')
        this.close()
      }
    }
  }

  /**
   * Stream management is left alone although a server offers it: the counts of the library and those of Prosody differ,
   * and whatever was not confirmed is published again anyway. SASL2 brings it along.
   */
  #refuseOffers(): void {
    const entity = this.#entity
    const take = entity._onElement.bind(entity)
    entity._onElement = (element) => {
      if (element.is('features', NS_STREAM))
        for (const offer of element.getChildElements())
          if (REFUSED_OFFERS.includes(offer.attrs.xmlns ?? '')) element.remove(offer)
      take(element)
    }
  }

  #over(): void {
    this.#requests.fail(new ConnectionLost())
    this.#lose()
  }

  /**
   * A second session of the same full JID ends the first, and a server may tell of that end behind the presence of the
   * second (ejabberd does): who is said to be gone is asked after. Of nobody there is no full JID in the answer.
   */
  #probe(from: string): void {
    const [bare = '', resource] = from.split('/', 2)
    if (resource === undefined) return
    this.#entity.send(xml('presence', { type: 'probe', to: bare })).catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'gateway connection did not ask for a presence')
    })
  }

  #received(stanza: XmppElement): void {
    const { type, id, from } = stanza.attrs
    if (stanza.name === 'presence' && from !== undefined) {
      if (type === undefined || type === 'unavailable') this.#options.onPresence(from, type === undefined)
      if (type === 'unavailable') this.#probe(from)
    } else if (stanza.name === 'iq' && id !== undefined && (type === 'result' || type === 'error')) {
      this.#requests.answer(id, type === 'error' ? new RequestRefused(conditionOf(stanza)) : stanza)
    }
  }
}

/** The standard condition; servers put more special ones before or behind it. */
function conditionOf(stanza: XmppElement): string {
  const conditions = stanza.getChild('error')?.getChildElements() ?? []
  const standard = conditions.find(({ name, attrs }) => attrs.xmlns === NS_STANZAS && name !== 'text')
  return (standard ?? conditions[0])?.name ?? 'undefined-condition'
}

/** The first of the library's own order, which begins with the strongest. */
function mechanismOf(offered: readonly string[]): string {
  return offered.find((name) => name !== 'ANONYMOUS') ?? 'PLAIN'
}
