/**
 * A client of a sequence: REST by fetch, XMPP over TCP by a public library. Its connection can also end without a
 * message.
 */
import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { type XmppClient, type XmppElement, xml, client as xmppClient } from '@xmpp/client'
import type { Side } from '../../../machines/wire.ts'
import { PATIENCE } from '../../suite/patience.ts'
import { NotTestable } from '../any-server/not-testable.ts'
import { noted, type Received, type RestAnswer, received, restAnswer } from '../finesse-client.ts'

/** How a client connects. */
export interface ConnectOptions {
  /** The default is `sequence`. */
  readonly resource?: string
  /** False: the client is bound, but has no presence. */
  readonly presence?: boolean
  /** The default is `secret`. */
  readonly password?: string
  /** The default is side A. */
  readonly side?: Side
  /** Connects to this port on 127.0.0.1 instead, which is that of a proxy. */
  readonly through?: number
}

export interface ClientPlace {
  readonly restUrl: string
  readonly domain: string
  readonly xmppPort: number
  /** Address of XMPP. Default: the port on 127.0.0.1. */
  readonly xmppUrl?: string
  /** The names of the server, if they are not those of the sequences. */
  readonly translation?: Translation
}

/** Translates between the names of the sequences and those of a server. */
export interface Translation {
  user(user: string): string
  path(path: string): string
  body(xml: string): string
  /** A document of the server. */
  document(xml: string): string
  notification(news: Received): Received
}

const SAME: Translation = {
  user: (user) => user,
  path: (path) => path,
  body: (xml) => xml,
  document: (xml) => xml,
  notification: (news) => news,
}

/** A sign-in to this MRD is refused by a notification in every state. */
const VOICE = '1'
const REFUSED_SIGN_IN =
  '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'

export class Client {
  readonly user: string
  readonly #place: ClientPlace
  readonly #names: Translation
  readonly #service: string
  #isPresent = false
  readonly #xmpp: XmppClient
  readonly #authorization: string
  #jid = ''
  #received: Received[] = []
  #beacons: ('available' | 'unavailable')[] = []
  readonly #answers = new Map<string, XmppElement>()
  #streamError = ''
  #ended = false
  #frozen = false
  #requests = 0
  #wake: () => void = () => undefined

  constructor(user: string, place: ClientPlace, { resource = 'sequence', password = 'secret' }: ConnectOptions = {}) {
    this.user = user
    this.#place = place
    this.#names = place.translation ?? SAME
    this.#service = place.xmppUrl ?? `xmpp://127.0.0.1:${place.xmppPort}`
    const name = this.#names.user(user)
    this.#authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    this.#xmpp = xmppClient({
      service: this.#service,
      domain: place.domain,
      resource,
      credentials: (authenticate) => authenticate({ username: name, password }, 'PLAIN'),
    })
    this.#xmpp.reconnect.stop()
    // By default the library waits only two seconds for the header of a stream, which is too short for a busy server.
    this.#xmpp.timeout = PATIENCE
    // The library throws on data after the end of a stream, and expects complete characters in every segment.
    const receive = this.#xmpp._onData.bind(this.#xmpp)
    const decoder = new StringDecoder('utf8')
    this.#xmpp._onData = (data) => {
      if (this.#xmpp.parser !== null) receive(Buffer.isBuffer(data) ? decoder.write(data) : data)
    }
    this.#xmpp.on('error', (error) => {
      // The library reports a stream error as an error with the condition as its name.
      if ('condition' in error && typeof error.condition === 'string') this.#streamError = error.condition
      this.#wake()
    })
    this.#xmpp.on('disconnect', () => {
      this.#ended = true
      this.#wake()
    })
    this.#xmpp.on('stanza', (stanza) => this.#take(stanza))
  }

  /** Full JID. */
  get jid(): string {
    return this.#jid
  }

  /** Signs in and binds. Rejects with the condition of a refusal. */
  async open(): Promise<void> {
    const online = new Promise<void>((resolve, reject) => {
      this.#xmpp.on('error', reject)
      this.#xmpp.on('online', (jid) => {
        this.#jid = jid.toString()
        resolve()
      })
    })
    await this.#xmpp.connect(this.#service)
    await Promise.all([this.#xmpp.open({ domain: this.#place.domain }), online])
  }

  /** Sends available presence and waits for the beacon. */
  async appear(): Promise<void> {
    this.#beacons = []
    await this.#xmpp.send(xml('presence', {}, xml('priority', {}, '0')))
    await this.until(() => this.#beacons.includes('available'), 'the beacon')
    this.#isPresent = true
  }

  /** Does the server send notifications to this client? */
  get isPresent(): boolean {
    return this.#isPresent && !this.#ended && !this.#frozen
  }

  /** Waits until all notifications that were sent up to now have arrived: the one about a refused request is the last. */
  async settles(): Promise<void> {
    const mark = `settled-${randomUUID()}`
    await this.rest('PUT', `User/${this.user}/Media/${VOICE}`, REFUSED_SIGN_IN, mark)
    await this.until(() => this.#received.some(({ requestId }) => requestId === mark), 'the mark of the end')
    this.#received = this.#received.filter(({ requestId }) => requestId !== mark)
  }

  /** Sends unavailable presence. Resolves when the service has got it. */
  async disappear(): Promise<void> {
    this.#isPresent = false
    await this.#xmpp.send(xml('presence', { type: 'unavailable' }))
    await this.barrier()
  }

  /** Resets the connection, without a message. */
  crash(): void {
    this.#isPresent = false
    this.#socket.resetAndDestroy()
  }

  /** Stops sending and reading. The connection stays open. */
  freeze(): void {
    this.#frozen = true
    this.#socket.pause()
  }

  /** Closes the stream normally. */
  async close(): Promise<void> {
    if (this.#ended) return
    if (this.#frozen) return this.crash()
    await this.#xmpp.stop().catch(() => undefined)
    if (!this.#ended) this.#socket.destroy()
  }

  /** Resolves with the condition of the stream error with which the service ends the connection. */
  async streamError(): Promise<string> {
    await this.until(() => this.#streamError !== '', 'a stream error')
    return this.#streamError
  }

  /** Resolves when the connection has ended. */
  async ended(): Promise<void> {
    await this.until(() => this.#ended, 'the end of the connection')
  }

  /** A round trip on this stream. After it, everything that the service sent before has arrived. */
  async barrier(): Promise<void> {
    await this.iq('get', this.#place.domain, xml('ping', { xmlns: 'urn:xmpp:ping' }))
  }

  /** Sends a request and returns its answer, a result or an error. */
  async iq(type: 'get' | 'set', to: string, payload: XmppElement): Promise<XmppElement> {
    this.#requests += 1
    const id = `sequence-${this.#requests}`
    await this.#xmpp.send(xml('iq', { type, to, id }, payload))
    await this.until(() => this.#answers.has(id), `an answer to ${payload.name}`)
    const answer = this.#answers.get(id)
    if (!answer) throw new Error('no answer')
    return answer
  }

  /** Subscribes to a node with the full JID, as the guide recommends. Returns the state of the subscription. */
  async subscribe(node: string): Promise<string | undefined> {
    const subscribe = xml('subscribe', { node: this.#names.path(node), jid: this.#jid })
    const request = xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, subscribe)
    const answer = await this.iq('set', `pubsub.${this.#place.domain}`, request)
    return answer.getChild('pubsub')?.getChild('subscription')?.attrs.subscription
  }

  // ------------------------------------------------------------------------------------------------ REST

  async rest(method: string, path: string, body?: string, requestId?: string): Promise<RestAnswer> {
    const { restUrl } = this.#place
    const response = await fetch(`${restUrl}${this.#names.path(`/finesse/api/${path}`)}`, {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
        ...(requestId === undefined ? {} : { requestId }),
      },
      ...(body === undefined ? {} : { body: this.#names.body(body) }),
    })
    return restAnswer(response, this.#names.document(await response.text()))
  }

  /** The client's own User. */
  me(): Promise<RestAnswer> {
    return this.rest('GET', `User/${this.user}`)
  }

  /** PUT of the own User. Returns the status. */
  async putUser(inner: string, requestId?: string): Promise<number> {
    return (await this.rest('PUT', `User/${this.user}`, `<User>${inner}</User>`, requestId)).status
  }

  /** PUT of a medium. Returns the status. */
  async putMedia(mrd: string, inner: string): Promise<number> {
    return (await this.rest('PUT', `User/${this.user}/Media/${mrd}`, `<Media>${inner}</Media>`)).status
  }

  /** An action on a dialog. Returns the status. */
  async act(dialog: string, action: string): Promise<number> {
    const target = `<targetMediaAddress>${this.user}</targetMediaAddress>`
    const body = `<Dialog><requestedAction>${action}</requestedAction>${target}</Dialog>`
    return (await this.rest('PUT', `Dialog/${dialog}`, body)).status
  }

  // ------------------------------------------------------------------------------------------------ notifications

  /** Takes the next notification of any kind. */
  async next(): Promise<Received> {
    await this.until(() => this.#received.length > 0, 'a notification')
    const [first] = this.#received.splice(0, 1)
    if (!first) throw new Error('no notification')
    return first
  }

  /** Takes the next `count` notifications, as lines. */
  async lines(count: number): Promise<readonly string[]> {
    await this.until(() => this.#received.length >= count, `${count} notifications`)
    return this.#received.splice(0, count).map(noted)
  }

  /** Notifications that have arrived and were not taken. */
  get waiting(): readonly string[] {
    return this.#received.map(noted)
  }

  /** The beacon's presences since the client's own presence. */
  get beacons(): readonly string[] {
    return this.#beacons
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    let late: NodeJS.Timeout | undefined
    const expired = new Promise<never>((_, reject) => {
      late = setTimeout(
        () => reject(new Error(`${this.user} waited for ${what}; has ${JSON.stringify(this.waiting)}`)),
        PATIENCE,
      )
    })
    try {
      while (!holds()) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        await Promise.race([woken, expired])
      }
    } finally {
      clearTimeout(late)
    }
  }

  get #socket(): Socket {
    const { socket } = this.#xmpp
    if (socket instanceof Socket) return socket
    throw new NotTestable('it needs a connection over TCP without TLS: xmpp://')
  }

  #take(stanza: XmppElement): void {
    const { id, type, from = '' } = stanza.attrs
    if (stanza.name === 'iq' && id !== undefined && (type === 'result' || type === 'error'))
      this.#answers.set(id, stanza)
    if (stanza.name === 'presence' && from.startsWith('finesse@'))
      this.#beacons.push(type === 'unavailable' ? 'unavailable' : 'available')
    if (stanza.name === 'message') {
      const notification = received(String(stanza))
      if (notification) this.#received.push(this.#names.notification(notification))
    }
    this.#wake()
  }
}
