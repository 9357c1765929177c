/**
 * A Finesse client that records everything that it receives: REST by fetch, notifications by a public XMPP library over
 * WebSocket. It uses no code of the product.
 */
import { createClient } from 'stanza'
import { received } from '../conformance/finesse-client.ts'
import { signIn } from '../xmpp/support/raw-client.ts'
import type { At } from './server-process.ts'

/** A pubsub item as it arrived. */
export interface Item {
  readonly id: string
  readonly node: string
  /** The `Update` document. */
  readonly text: string
}

/** One XMPP session from its presence to its end. */
export interface Session {
  readonly user: string
  readonly jid: string
  /** Number of the server process that the session was with. */
  readonly generation: number
  readonly items: Item[]
  /** `undefined` while the session lasts. */
  end: 'killed' | 'left' | undefined
}

export interface Answer {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  readonly body: string
}

type Stanza = ReturnType<typeof createClient>

/** The item of a message stanza. */
function itemOf(stanza: string): Item | undefined {
  const news = received(stanza)
  return news && { id: news.item, node: news.node, text: news.text }
}

interface RequestParts {
  readonly body?: string
  readonly type?: string
  readonly requestId?: string
  /** Idempotency-Key. */
  readonly key?: string
}

/** Sends a request. A lost connection gives status 0. */
export async function request(
  at: At,
  credentials: string,
  method: string,
  path: string,
  { body, type = 'application/xml', requestId, key }: RequestParts = {},
): Promise<Answer> {
  try {
    const response = await fetch(`${at.rest}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, body: await response.text() }
  } catch {
    // The server was killed; whether it handled the request is unknown.
    return { status: 0, body: '' }
  }
}

let resources = 0

export class Client {
  readonly user: string
  /** All sessions so far, the latest one last. */
  readonly sessions: Session[] = []
  readonly #resource: string | undefined
  readonly #heard: (item: Item) => void
  #stanza: Stanza | undefined

  /** `resource` is used by all sessions. Without it each session has a new one. */
  constructor(user: string, heard: (item: Item) => void = () => undefined, resource?: string) {
    this.user = user
    this.#heard = heard
    this.#resource = resource
  }

  /** The session that has not ended. */
  get session(): Session | undefined {
    const last = this.sessions.at(-1)
    return last?.end === undefined ? last : undefined
  }

  /** Signs in and sends presence. True when the beacon has arrived, false when the connection was lost before. */
  async connect(at: At, generation: number): Promise<boolean> {
    resources += 1
    const resource = this.#resource ?? `crash-${resources}`
    const { domain = 'localhost' } = at
    const stanza = createClient({
      jid: `${this.user}@${domain}`,
      password: 'secret',
      resource,
      transports: { websocket: at.ws, bosh: false },
      autoReconnect: false,
    })
    this.#stanza = stanza
    const session: Session = {
      user: this.user,
      jid: `${this.user}@${domain}/${resource}`,
      generation,
      items: [],
      end: undefined,
    }
    const isUp = await new Promise<boolean>((resolve) => {
      stanza.on('raw:incoming', (text) => {
        if (text.startsWith('<presence') && text.includes('finesse@')) resolve(true)
        if (text.startsWith('<message')) this.#take(session, text)
      })
      stanza.once('session:started', () => {
        this.sessions.push(session)
        stanza.sendPresence({ priority: 0 })
      })
      stanza.once('auth:failed', () => resolve(false))
      stanza.once('disconnected', () => {
        session.end ??= 'killed'
        resolve(false)
      })
      stanza.connect()
    })
    return isUp
  }

  /** Connects and leaves at once. Most times the server has no time to write anything to the session. */
  async visit(at: At, generation: number): Promise<void> {
    resources += 1
    const resource = `visit-${resources}`
    const jid = `${this.user}@localhost/${resource}`
    const visitor = await signIn(at.xmpp, this.user, resource)
    const session: Session = { user: this.user, jid, generation, items: [], end: 'left' }
    this.sessions.push(session)
    visitor.send('<presence/></stream:stream>')
    const text = await visitor.end()
    for (const [stanza] of text.matchAll(/<message .*?<\/message>/gs)) this.#take(session, stanza)
  }

  /** Closes the stream. */
  async leave(): Promise<void> {
    const stanza = this.#stanza
    const { session } = this
    if (!stanza || !session) return
    session.end = 'left'
    const gone = new Promise((resolve) => stanza.once('disconnected', resolve))
    stanza.disconnect()
    await gone
  }

  /** Resolves when the library has noticed the end of the server. By then it has read everything that had arrived. */
  async lost(): Promise<void> {
    const stanza = this.#stanza
    if (!stanza || !this.session) return
    await new Promise<void>((resolve) => {
      if (!this.session) return resolve()
      stanza.once('disconnected', () => resolve())
    })
  }

  /** Subscribes to a node, or unsubscribes. False when no answer came or it was an error. */
  async subscription(change: 'subscribe' | 'unsubscribe', node: string): Promise<boolean> {
    const stanza = this.#stanza
    const { session } = this
    if (!stanza || !session) return false
    const lost = new Promise<boolean>((resolve) => stanza.once('disconnected', () => resolve(false)))
    const service = `pubsub.${session.jid.replace(/^[^@]*@|\/.*$/g, '')}`
    const options = { node, jid: session.jid }
    const asked =
      change === 'subscribe' ? stanza.subscribeToNode(service, options) : stanza.unsubscribeFromNode(service, options)
    const answered = asked.then(
      () => true,
      () => false,
    )
    return Promise.race([answered, lost])
  }

  #take(session: Session, text: string): void {
    const item = itemOf(text)
    if (!item) return
    session.items.push(item)
    this.#heard(item)
  }
}
