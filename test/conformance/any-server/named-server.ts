/** The means to reach a server that is named: REST by fetch; XMPP by `@xmpp/client`, over BOSH by `stanza`. */
import { client, xml } from '@xmpp/client'
import { type Received, updateOf } from '../finesse-client.ts'
import { type Account, basic, type Ears, hear, type Means, type Session } from '../means.ts'
import { stanzaClient } from '../stanza.ts'
import type { Names } from './names.ts'

export interface Address {
  /** `https://host:8445` */
  readonly rest: string
  /** `xmpp://host:5222`, `xmpps://host:5223`, `ws://…/ws`, `wss://…/ws`, or for BOSH `http://…/http-bind`, `https://…` */
  readonly xmpp: string
  readonly domain: string
  /** Longest time for a step of connecting, and for the answer to a request, in ms. */
  readonly patience: number
}

const RESOURCE = 'conformance'

/** An answer of the server. Throws an error with the address and the cause if there is none. */
export async function ask(rest: string, path: string, init: RequestInit, patience: number): Promise<Response> {
  try {
    // The credentials must not go to another server.
    return await fetch(`${rest}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(patience) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${rest} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** `arrived` gets each notification when it arrives. */
export function namedServer(address: Address, names: Names, arrived: (news: Received) => void): Means {
  return {
    async request(account, method, path, body, headers) {
      const init: RequestInit = {
        method,
        headers: {
          authorization: basic(onServer(account, names)),
          ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: names.bodyToServer(body) }),
      }
      const response = await ask(address.rest, names.pathToServer(path), init, address.patience)
      return { status: response.status, headers: response.headers, body: names.documentToRows(await response.text()) }
    },
    connect(account, ears) {
      const translating: Ears = {
        ...ears,
        notification(given) {
          const news = inNamesOfRows(given, names)
          arrived(news)
          ears.notification(news)
        },
      }
      const open = /^https?:/.test(address.xmpp) ? overBosh : overXmpp
      return open(address, onServer(account, names), translating)
    },
  }
}

const onServer = ({ user, password }: Account, names: Names): Account => ({ user: names.userOnServer(user), password })

export const inNamesOfRows = ({ node, to, item, text }: Received, names: Names): Received =>
  updateOf({ node: names.pathToRows(node), to, item, text: names.documentToRows(text) })

async function overXmpp(address: Address, { user, password }: Account, ears: Ears): Promise<Session> {
  const { xmpp: service, domain, patience } = address
  const session = client({
    service,
    domain,
    resource: RESOURCE,
    credentials: (authenticate) => authenticate({ username: user, password }, 'PLAIN'),
  })
  session.timeout = patience
  session.reconnect.stop()
  session.on('disconnect', () => ears.gone())
  session.on('stanza', (stanza) => hear(stanza.toString(), ears))
  const online = new Promise<void>((resolve, reject) => {
    session.on('online', () => resolve())
    session.on('error', (error) => reject(new Error(`${user} cannot connect to ${service}: ${error.message}`)))
  })
  // Both may fail. The first one counts.
  online.catch(() => undefined)
  await Promise.race([
    session.connect(service).then(() => session.open({ domain })),
    online.then(() => undefined),
  ]).catch((error: unknown) => {
    throw new Error(`${user} cannot connect to ${service}: ${error instanceof Error ? error.message : String(error)}`)
  })
  await online
  await session.send(xml('presence', {}, xml('priority', {}, '0')))
  return {
    async close() {
      await session.stop()
    },
  }
}

async function overBosh({ xmpp: bosh, domain }: Address, { user, password }: Account, ears: Ears): Promise<Session> {
  const session = stanzaClient({
    jid: `${user}@${domain}`,
    password,
    resource: RESOURCE,
    transports: { websocket: false, bosh },
    autoReconnect: false,
  })
  session.on('disconnected', () => ears.gone())
  session.on('raw:incoming', (text) => {
    for (const stanza of stanzasIn(text)) hear(stanza, ears)
  })
  await new Promise<void>((resolve, reject) => {
    session.once('session:started', () => resolve())
    session.once('auth:failed', () => reject(new Error(`${user} is not authorized at ${bosh}`)))
    session.once('disconnected', () => reject(new Error(`${user} cannot connect to ${bosh}`)))
    session.connect()
  })
  session.sendPresence({ priority: 0 })
  return {
    async close() {
      session.disconnect()
    },
  }
}

/** The stanzas of a BOSH body, or the text itself. */
function stanzasIn(text: string): readonly string[] {
  return text.startsWith('<body') ? (text.match(/<(message|presence)\b.*?<\/\1>|<presence\b[^>]*\/>/gs) ?? []) : [text]
}
