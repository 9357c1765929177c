import { attribute, type BoshRequest, send } from './bosh-client.ts'
import { TransportClient } from './transport-client.ts'

interface Pending {
  readonly content: string
  readonly attributes: string
}

/** Requests of one session that may be open at a time. */
const REQUESTS = 2

/** A client over BOSH that keeps one request open, as real ones do. `received` holds the bodies of the answers. */
export class BoshStream extends TransportClient {
  readonly #url: string
  readonly #waiting: Pending[] = []
  readonly #open = new Set<BoshRequest>()
  #sid = ''
  #rid = 4_294_967_000
  #asks = true
  /** Settles when all answers so far have been processed. */
  #heard: Promise<void> = Promise.resolve()

  /** `port` is the one of BOSH and WebSocket. */
  constructor(port: number) {
    super()
    this.#url = `http://127.0.0.1:${port}/http-bind`
  }

  send(stanzas: string): void {
    this.#push(stanzas, '')
  }

  header(to: string): void {
    const begins = `xmlns:xmpp='urn:xmpp:xbosh' to='${to}'`
    if (this.#sid === '') this.#push('', `hold='1' wait='30' ver='1.9' xmpp:version='1.0' xml:lang='en' ${begins}`)
    else this.#push('', `xmpp:restart='true' ${begins}`)
  }

  /** Breaks the connections and sends no empty requests any more. */
  stopReading(): void {
    this.#asks = false
    for (const request of this.#open) request.abort()
  }

  #push(content: string, attributes: string): void {
    this.#waiting.push({ content, attributes })
    this.#pump()
  }

  #pump(): void {
    const most = this.#sid === '' ? 1 : REQUESTS
    while (this.#open.size < most) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#post(next)
    }
    if (this.#asks && !this.closed && this.#sid !== '' && this.#open.size === 0)
      this.#post({ content: '', attributes: '' })
  }

  #post({ content, attributes }: Pending): void {
    this.#rid += 1
    const session = this.#sid === '' ? '' : `sid='${this.#sid}'`
    const body = `<body xmlns='http://jabber.org/protocol/httpbind' ${session} rid='${this.#rid}' ${attributes}>${content}</body>`
    const request = send(this.#url, body)
    this.#open.add(request)
    const former = this.#heard
    // Answers may overtake each other. They are processed in the order of the requests.
    this.#heard = request.answer.then(
      async (answer) => {
        await former
        this.#open.delete(request)
        this.#hear(answer.body)
      },
      () => void this.#open.delete(request),
    )
  }

  #hear(body: string): void {
    if (this.#sid === '') this.#sid = attribute(body, 'sid') ?? ''
    this.took(body)
    if (attribute(body, 'type') === 'terminate') this.finish()
    else this.#pump()
  }
}
