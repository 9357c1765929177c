/**
 * A Finesse client as integrators write them: REST by fetch, notifications by a public XMPP library over WebSocket
 * (`stanza`, not the library that the product uses). It knows nothing of the product's code.
 */
import { type Agent, JXT } from 'stanza'
import { PATIENCE } from '../suite/patience.ts'
import { stanzaClient } from './stanza.ts'
import { at, objectOf, parseTree, type Tree, valueAt } from './tree.ts'

/** A notification as it arrived: the parts of the unescaped `Update`. */
export interface Received {
  readonly node: string
  /** The addressee of the stanza. */
  readonly to: string
  /** Id of the pubsub item. */
  readonly item: string
  readonly event: string
  readonly source: string
  readonly requestId: string
  /** Name of the element in `data`. */
  readonly kind: string
  readonly text: string
  /**
   * Text at a path below the object that the notification is about (`state`, `mediaProperties/mediaId`), if it is
   * there.
   */
  value(path: string): string | undefined
}

export interface RestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Text at a path below the root, or below the only member of a collection, if it is there. */
  value(path: string): string | undefined
}

const childOf = (element: JXT.XMLElement | undefined, name: string): JXT.XMLElement | undefined => {
  const found = element?.children.find((child) => typeof child !== 'string' && child.name === name)
  return typeof found === 'string' ? undefined : found
}

/** The notification in a stanza (`message/event/items/item/notification`); `undefined` if there is none. */
export function received(stanza: string): Received | undefined {
  const message = JXT.parse(stanza)
  const items = childOf(childOf(message, 'event'), 'items')
  const item = childOf(items, 'item')
  const notification = childOf(item, 'notification')
  if (!items || !item || !notification) return undefined
  const text = notification.getText()
  const update = parseTree(text)
  const [data] = at(update, 'data')?.children ?? []
  return {
    node: items.getAttribute('node') ?? '',
    to: message.getAttribute('to') ?? '',
    item: item.getAttribute('id') ?? '',
    event: valueAt(update, 'event') ?? '',
    source: valueAt(update, 'source') ?? '',
    requestId: valueAt(update, 'requestId') ?? '',
    kind: data?.name ?? '',
    text,
    value: (path) => data && valueAt(objectOf(data), path),
  }
}

const objectIn = (body: string): Tree | undefined => (body === '' ? undefined : objectOf(parseTree(body)))

/** An answer with its body read. */
export const restAnswer = ({ status, headers }: Response, body: string): RestAnswer => ({
  status,
  headers,
  body,
  value: (path) => valueAt(objectIn(body), path),
})

/** The notification in one line: node without prefix, event, kind, state. */
export function noted({ node, event, kind, value, requestId }: Received): string {
  const what = value('state') ?? value('status') ?? value('errorMessage') ?? ''
  const code = value('mediaProperties/dispositionCode')
  const id = requestId === '' ? '' : ` #${requestId}`
  return `${node.replace('/finesse/api/', '')} ${event} ${kind} ${what}${code ? ` ${code}` : ''}${id}`
}

/** Gets the requests of a client. */
export interface Observer {
  /** Called before a request that changes something. */
  before(): Promise<void>
  /** Called when it was answered with 202. */
  accepted(path: string, body: string): void
}

/**
 * The two notifications about an outage of a client's side, as `noted` writes them. No other notification comes between
 * them. Those of the time between come after them (`notifications 12.3`, ruling 29).
 */
export const OUTAGE = ['SystemInfo PUT systemInfo OUT_OF_SERVICE', 'SystemInfo PUT systemInfo IN_SERVICE'] as const

export class FinesseClient {
  readonly user: string
  readonly #observer: Observer | undefined
  readonly #rest: string
  readonly #ws: string
  readonly #authorization: string
  readonly #password: string
  #xmpp: Agent | undefined
  #received: Received[] = []
  #beacons: string[] = []
  #wake: () => void = () => undefined

  /** `rest`: `http://127.0.0.1:PORT`; `ws`: `ws://127.0.0.1:PORT/ws`. */
  constructor(
    user: string,
    at: { readonly rest: string; readonly ws: string },
    password = 'secret',
    observer: Observer | undefined = undefined,
  ) {
    this.user = user
    this.#observer = observer
    this.#rest = at.rest
    this.#ws = at.ws
    this.#password = password
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  }

  /** Connects, binds and sends presence. Resolves when the `finesse` beacon has arrived. Rejects if not authorized. */
  async connect(): Promise<void> {
    const client = stanzaClient({
      jid: `${this.user}@localhost`,
      password: this.#password,
      resource: 'conformance',
      transports: { websocket: this.#ws, bosh: false },
      autoReconnect: false,
    })
    this.#xmpp = client
    client.on('raw:incoming', (stanza) => this.#take(stanza))
    const started = new Promise<void>((resolve, reject) => {
      client.once('session:started', () => resolve())
      client.once('auth:failed', () => reject(new Error(`${this.user} was not authorized`)))
    })
    client.connect()
    try {
      await started
    } catch (error) {
      this.#xmpp = undefined
      client.disconnect()
      throw error
    }
    client.sendPresence({ priority: 0 })
    await this.until(() => this.#beacons.length > 0, 'the finesse beacon')
  }

  /** Closes the stream, which ends the presence. */
  async disconnect(): Promise<void> {
    const client = this.#xmpp
    if (!client) return
    this.#xmpp = undefined
    const gone = new Promise((resolve) => client.once('disconnected', resolve))
    client.disconnect()
    await gone
  }

  async request(
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RestAnswer> {
    if (method !== 'GET') await this.#observer?.before()
    const response = await fetch(`${this.#rest}${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    const answer = restAnswer(response, await response.text())
    if (answer.status === 202 && body !== undefined) this.#observer?.accepted(path, body)
    return answer
  }

  get(path: string): Promise<RestAnswer> {
    return this.request('GET', `/finesse/api/${path}`)
  }

  put(path: string, body: string, requestId?: string): Promise<RestAnswer> {
    return this.request('PUT', `/finesse/api/${path}`, body, requestId === undefined ? {} : { requestId })
  }

  post(path: string, body: string, requestId?: string): Promise<RestAnswer> {
    return this.request('POST', `/finesse/api/${path}`, body, requestId === undefined ? {} : { requestId })
  }

  /** PUT of a User. The answer must be 202. */
  async putUser(inner: string, requestId?: string): Promise<void> {
    await this.#accepted(this.put(`User/${this.user}`, `<User>${inner}</User>`, requestId))
  }

  async media(mrd: string, inner: string, requestId?: string): Promise<void> {
    await this.#accepted(this.put(`User/${this.user}/Media/${mrd}`, `<Media>${inner}</Media>`, requestId))
  }

  async dialog(id: string, action: string, requestId?: string, more = ''): Promise<void> {
    const body = `<Dialog><requestedAction>${action}</requestedAction>${more}</Dialog>`
    await this.#accepted(this.put(`Dialog/${id}`, body, requestId))
  }

  async #accepted(answer: Promise<RestAnswer>): Promise<void> {
    const { status, body } = await answer
    if (status !== 202) throw new Error(`${status}: ${body}`)
  }

  /** Takes the next `count` notifications, as lines. */
  async next(count: number): Promise<readonly string[]> {
    await this.until(() => this.#received.length >= count, `${count} notifications`)
    return this.#received.splice(0, count).map(noted)
  }

  /** Takes the next notification. */
  async one(): Promise<Received> {
    await this.until(() => this.#received.length >= 1, 'a notification')
    const [first] = this.#received.splice(0, 1)
    if (!first) throw new Error('no notification')
    return first
  }

  /** Notifications that have arrived and were not taken. */
  get rest(): readonly string[] {
    return this.#received.map(noted)
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    let late: NodeJS.Timeout | undefined
    const expired = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`waited for ${what}; have ${JSON.stringify(this.rest)}`)), PATIENCE)
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

  #take(stanza: string): void {
    if (stanza.startsWith('<presence')) {
      const from = JXT.parse(stanza).getAttribute('from') ?? ''
      if (from.startsWith('finesse@')) this.#beacons.push(from)
    }
    if (stanza.startsWith('<message')) {
      const notification = received(stanza)
      if (notification) this.#received.push(notification)
    }
    this.#wake()
  }
}
