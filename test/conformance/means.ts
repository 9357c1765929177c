/** How a client of the tests reaches a server: REST by HTTP, XMPP by a public library. */
import { JXT } from 'stanza'
import { type Received, received } from './finesse-client.ts'
import { type Answered, asks } from './requests.ts'
import { stanzaClient } from './stanza.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

/** Gets what arrives over XMPP. */
export interface Ears {
  beacon(from: string): void
  notification(news: Received): void
  /** The stream has ended. */
  gone(): void
}

export interface Session {
  /** Closes the stream, which ends the presence. */
  close(): Promise<void>
}

export interface Means {
  request(
    account: Account,
    method: string,
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answered>
  /** Connects, binds and sends presence. Rejects if the account is not authorized. */
  connect(account: Account, ears: Ears): Promise<Session>
}

export interface Place {
  readonly rest: string
  readonly ws: string
}

export const basic = ({ user, password }: Account): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Passes a stanza on, if it is a beacon or has a notification. */
export function hear(stanza: string, ears: Ears): void {
  if (stanza.startsWith('<presence')) {
    const from = JXT.parse(stanza).getAttribute('from') ?? ''
    if (from.startsWith('finesse@')) ears.beacon(from)
  }
  if (stanza.startsWith('<message')) {
    const notification = received(stanza)
    if (notification) ears.notification(notification)
  }
}

/** A server in this process or on this machine, over HTTP and WebSocket (`stanza`, a library that the product lacks). */
export const direct = ({ rest, ws }: Place): Means => ({
  request: (account, method, path, body, headers) => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/xml' }
    return asks(`${rest}${path}`, method, { authorization: basic(account), ...type, ...headers }, body)
  },
  async connect({ user, password }, ears) {
    const client = stanzaClient({
      jid: `${user}@localhost`,
      password,
      resource: 'conformance',
      transports: { websocket: ws, bosh: false },
      autoReconnect: false,
    })
    client.on('raw:incoming', (stanza) => hear(stanza, ears))
    client.on('disconnected', () => ears.gone())
    const started = new Promise<void>((resolve, reject) => {
      client.once('session:started', () => resolve())
      client.once('auth:failed', () => reject(new Error(`${user} was not authorized`)))
    })
    client.connect()
    try {
      await started
    } catch (error) {
      client.disconnect()
      throw error
    }
    client.sendPresence({ priority: 0 })
    return {
      async close() {
        const gone = new Promise((resolve) => client.once('disconnected', resolve))
        client.disconnect()
        await gone
      },
    }
  },
})
