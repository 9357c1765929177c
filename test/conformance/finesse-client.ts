/** A Finesse client as integrators write them. It knows nothing of the product's code. */
import { randomUUID } from 'node:crypto'
import { JXT } from 'stanza'
import { PATIENCE } from '../suite/patience.ts'
import { direct, type Means, type Place, type Session } from './means.ts'
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

/** A notification with this `Update` document. */
export function updateOf(parts: Pick<Received, 'node' | 'to' | 'item' | 'text'>): Received {
  const update = parseTree(parts.text)
  const [data] = at(update, 'data')?.children ?? []
  return {
    ...parts,
    event: valueAt(update, 'event') ?? '',
    source: valueAt(update, 'source') ?? '',
    requestId: valueAt(update, 'requestId') ?? '',
    kind: data?.name ?? '',
    value: (path) => data && valueAt(objectOf(data), path),
  }
}

/** The notification in a stanza (`message/event/items/item/notification`); `undefined` if there is none. */
export function received(stanza: string): Received | undefined {
  const message = JXT.parse(stanza)
  const items = childOf(childOf(message, 'event'), 'items')
  const item = childOf(items, 'item')
  const notification = childOf(item, 'notification')
  if (!items || !item || !notification) return undefined
  return updateOf({
    node: items.getAttribute('node') ?? '',
    to: message.getAttribute('to') ?? '',
    item: item.getAttribute('id') ?? '',
    text: notification.getText(),
  })
}

const objectIn = (body: string): Tree | undefined => (body === '' ? undefined : objectOf(parseTree(body)))

/** An answer with its body read. */
export const restAnswer = ({ status, headers }: Pick<Response, 'status' | 'headers'>, body: string): RestAnswer => ({
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

/** The id of a request that marks the end begins with this. */
const MARK = 'barrier-'
const VOICE = '1'
const SIGN_IN_TO_VOICE =
  '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
/** Parts of the refusal. */
const REFUSED = ['<errorData>11</errorData>', '<errorMessage>E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD</errorMessage>']

export class FinesseClient {
  readonly user: string
  readonly #observer: Observer | undefined
  readonly #means: Means
  readonly #password: string
  readonly #patience: number
  #session: Session | undefined
  #received: Received[] = []
  #beacons: string[] = []
  #wake: () => void = () => undefined

  /**
   * `at`: a server on this machine, or the means to reach another one. `patience`: how long the client waits for
   * something that does not come, in ms.
   */
  constructor(
    user: string,
    at: Place | Means,
    password = 'secret',
    observer: Observer | undefined = undefined,
    patience = PATIENCE,
  ) {
    this.user = user
    this.#observer = observer
    this.#means = 'connect' in at ? at : direct(at)
    this.#password = password
    this.#patience = patience
  }

  /** Connects, binds and sends presence. Resolves when the `finesse` beacon has arrived. Rejects if not authorized. */
  async connect(): Promise<void> {
    this.#session = await this.#means.connect(this.#account, {
      beacon: (from) => {
        this.#beacons.push(from)
        this.#wake()
      },
      notification: (news) => {
        this.#received.push(news)
        this.#wake()
      },
      gone: () => {
        this.#session = undefined
        this.#wake()
      },
    })
    await this.until(() => this.#beacons.length > 0, 'the finesse beacon')
  }

  /** Closes the stream, which ends the presence. */
  async disconnect(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.close()
  }

  /** False before `connect`, and after the stream has ended. */
  get isConnected(): boolean {
    return this.#session !== undefined
  }

  get #account() {
    return { user: this.user, password: this.#password }
  }

  async request(
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RestAnswer> {
    if (method !== 'GET') await this.#observer?.before()
    const answered = await this.#means.request(this.#account, method, path, body, headers)
    const answer = restAnswer(answered, answered.body)
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

  async #accepted(answer: Promise<Pick<RestAnswer, 'status' | 'body'>>): Promise<void> {
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

  /** Takes the next notification; `undefined` if none comes within `silence` ms. */
  async oneWithin(silence: number): Promise<Received | undefined> {
    await this.#wokenWithin(() => this.#received.length >= 1, silence)
    return this.#received.shift()
  }

  /**
   * Takes all notifications that were sent up to now. A refused request, which changes nothing, marks the end: a sign-in
   * to MRD 1, which is voice, is refused by a notification in every state. On CCX, which has no media, a wrap-up state is.
   */
  async readsUntilMark(): Promise<readonly Received[]> {
    const mark = `${MARK}${randomUUID()}`
    const asksVoice = await this.put(`User/${this.user}/Media/${VOICE}`, `<Media>${SIGN_IN_TO_VOICE}</Media>`, mark)
    const isCcx = asksVoice.status === 501
    await this.#accepted(Promise.resolve(isCcx ? await this.#asksForWork(mark) : asksVoice))
    const refusal = isCcx ? ['CF_INVALID_OBJECT_STATE'] : REFUSED
    const all: Received[] = []
    for (;;) {
      const news = await this.one()
      if (news.requestId === mark) {
        if (!refusal.every((text) => news.text.includes(text))) throw new Error(`the mark of the end is ${news.text}`)
        return all
      }
      // Skips the mark of another client of the same user.
      if (!news.requestId.startsWith(MARK)) all.push(news)
    }
  }

  /** The observer does not get this. */
  #asksForWork(requestId: string): Promise<Pick<RestAnswer, 'status' | 'body'>> {
    const body = '<User><state>WORK</state></User>'
    return this.#means.request(this.#account, 'PUT', `/finesse/api/User/${this.user}`, body, { requestId })
  }

  /** Waits until everything that was sent up to now has arrived, and takes nothing. The observer does not get this. */
  async settles(): Promise<void> {
    if (!this.#session) return
    const mark = `${MARK}${randomUUID()}`
    const path = `/finesse/api/User/${this.user}/Media/${VOICE}`
    const body = `<Media>${SIGN_IN_TO_VOICE}</Media>`
    await this.#means.request(this.#account, 'PUT', path, body, { requestId: mark })
    const isThere = () => this.#received.some(({ requestId }) => requestId === mark)
    await this.until(() => isThere() || !this.isConnected, 'the mark of the end')
    if (!isThere()) throw new Error('the connection was lost')
    this.#received = this.#received.filter(({ requestId }) => requestId !== mark)
  }

  /** Waits until it holds. Throws after the patience of the client. */
  async until(holds: () => boolean, what: string): Promise<void> {
    if (!(await this.#wokenWithin(holds, this.#patience)))
      throw new Error(`waited for ${what}; have ${JSON.stringify(this.rest)}`)
  }

  /** Waits until it holds, at most this time in ms. Returns whether it holds. */
  async #wokenWithin(holds: () => boolean, patience: number): Promise<boolean> {
    let late: NodeJS.Timeout | undefined
    const expired = new Promise<'expired'>((resolve) => {
      late = setTimeout(() => resolve('expired'), patience)
    })
    try {
      while (!holds()) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        if ((await Promise.race([woken, expired])) === 'expired') return holds()
      }
      return true
    } finally {
      clearTimeout(late)
    }
  }
}
