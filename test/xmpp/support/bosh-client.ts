import { type Agent, type ClientRequest, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { auth, plain } from './raw-client.ts'

export interface BoshAnswer {
  readonly status: number
  readonly type: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface BoshRequest {
  readonly answer: Promise<BoshAnswer>
  /** Breaks the connection. */
  abort(): void
}

/** Sends one HTTP request, on a new connection unless an agent is given. */
export function send(
  url: string,
  body: string | Buffer,
  options: { method?: string; headers?: Record<string, string>; agent?: Agent | undefined } = {},
): BoshRequest {
  const { method = 'POST', headers = {}, agent = false } = options
  let sent: ClientRequest | undefined
  const answer = new Promise<BoshAnswer>((resolve, reject) => {
    const request = url.startsWith('https:') ? tlsRequest : plainRequest
    const sending = request(
      url,
      { method, agent, rejectUnauthorized: false, headers: { 'content-type': 'text/xml', ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'],
            headers: response.headers,
            body: text,
          }),
        )
      },
    )
    sending.on('error', reject)
    sending.end(body)
    sent = sending
  })
  answer.catch(() => undefined)
  return { answer, abort: () => sent?.destroy() }
}

/** The value of an attribute of the outermost element. */
export function attribute(xml: string, name: string): string | undefined {
  return new RegExp(`^<body[^>]* ${name}="([^"]*)"`).exec(xml)?.[1]
}

/** A BOSH client whose methods send one request each. */
export class BoshClient {
  readonly url: string
  sid = ''
  rid: number
  readonly #create: string
  readonly #agent: Agent | undefined

  /** Each request has a connection of its own unless an agent is given. */
  constructor(
    url: string,
    {
      create = "hold='1' wait='30' ver='1.9'",
      rid = 1_000_000,
      agent,
    }: { create?: string; rid?: number; agent?: Agent } = {},
  ) {
    this.url = url
    this.rid = rid
    this.#create = create
    this.#agent = agent
  }

  /** Asks for a session. */
  async open(to = 'localhost'): Promise<BoshAnswer> {
    const answer = await send(
      this.url,
      `<body xmlns='http://jabber.org/protocol/httpbind' rid='${this.rid}' to='${to}' xml:lang='en' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' ${this.#create}/>`,
      { agent: this.#agent },
    ).answer
    this.sid = attribute(answer.body, 'sid') ?? ''
    return answer
  }

  /** The next request, or one with this number. */
  request(content = '', attributes = '', rid?: number): BoshRequest {
    if (rid === undefined) this.rid += 1
    return send(
      this.url,
      `<body xmlns='http://jabber.org/protocol/httpbind' sid='${this.sid}' rid='${rid ?? this.rid}' ${attributes}>${content}</body>`,
      { agent: this.#agent },
    )
  }

  async post(content = '', attributes = ''): Promise<string> {
    return (await this.request(content, attributes).answer).body
  }

  /** Signs in and binds; no presence yet. */
  async signIn(name: string, resource: string): Promise<this> {
    await this.open()
    await this.post(auth(plain(name)))
    await this.post('', "xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh' to='localhost'")
    await this.post(
      `<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    )
    return this
  }

  /** Signs in, binds and is available; the beacon has been received. No request is held. */
  async online(name: string, resource = 'd'): Promise<this> {
    await this.signIn(name, resource)
    const heard = await this.post("<presence xmlns='jabber:client'/>")
    if (!heard.includes('from="finesse@localhost"')) throw new Error(`no beacon: ${heard}`)
    return this
  }
}
