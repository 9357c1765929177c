/** Clients with a password, one for each surface and protocol. Each resolves when it has a session. */
import { Agent, request as plainRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { BoshClient } from '../xmpp/support/bosh-client.ts'
import { RawClient } from '../xmpp/support/raw-client.ts'
import { enter } from '../xmpp/support/sign-in.ts'
import { WebSocketClient } from '../xmpp/support/websocket-client.ts'
import type { Surface } from './flooded.ts'

const AUTHORIZATION = `Basic ${btoa('1001:secret')}`
const PATH = '/finesse/api/User/1001'

/** Sends an HTTP request on its own connection; gives the status. */
export function ask(
  scheme: 'http' | 'https',
  port: number,
  { path = PATH, headers = { authorization: AUTHORIZATION } }: { path?: string; headers?: Record<string, string> } = {},
): Promise<number | undefined> {
  const request = scheme === 'https' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers, agent: false as const, rejectUnauthorized: false }
    request(options, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
    })
      .once('error', reject)
      .end()
  })
}

function askOverHttp2(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    session.once('error', reject)
    const stream = session.request({ ':path': PATH, authorization: AUTHORIZATION })
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('closed without an answer')))
    stream.once('response', ({ ':status': status }) => {
      session.close()
      resolve(status)
    })
    stream.resume()
  })
}

const asked = async (answer: Promise<number | undefined>) => {
  const status = await answer
  if (status !== 200) throw new Error(`answered ${status}`)
}

async function enterAndLeave(opening: Promise<RawClient>): Promise<void> {
  const client = await enter(await opening, '1001')
  client.socket.destroy()
}

async function enterByWebSocket(opening: Promise<WebSocketClient>): Promise<void> {
  const client = await enter(await opening, '1001')
  client.socket.terminate()
}

/** As browsers do, it uses a connection again that is still open. */
async function enterByBosh(url: string): Promise<void> {
  const options = { keepAlive: true, maxSockets: 2 }
  const agent = url.startsWith('https:') ? new TlsAgent(options) : new Agent(options)
  try {
    const client = await new BoshClient(url, { agent }).signIn('1001', 'd')
    await client.post('', "type='terminate'")
  } finally {
    agent.destroy()
  }
}

/** The clients by surface and protocol. */
export const HONEST: readonly {
  readonly name: string
  readonly surface: Surface
  readonly getIn: (port: number) => Promise<void>
}[] = [
  { name: 'REST', surface: 'rest', getIn: (port) => asked(ask('http', port)) },
  { name: 'REST over TLS, HTTP/1.1', surface: 'restTls', getIn: (port) => asked(ask('https', port)) },
  { name: 'REST over TLS, HTTP/2', surface: 'restTls', getIn: (port) => asked(askOverHttp2(port)) },
  { name: 'XMPP', surface: 'xmpp', getIn: (port) => enterAndLeave(RawClient.open(port)) },
  { name: 'XMPP over TLS', surface: 'xmppTls', getIn: (port) => enterAndLeave(RawClient.openTls(port)) },
  { name: 'WebSocket', surface: 'httpBind', getIn: (port) => enterByWebSocket(WebSocketClient.open(port)) },
  {
    name: 'WebSocket over TLS',
    surface: 'httpBindTls',
    getIn: (port) => enterByWebSocket(WebSocketClient.open(port, 'wss')),
  },
  { name: 'BOSH', surface: 'httpBind', getIn: (port) => enterByBosh(`http://127.0.0.1:${port}/http-bind`) },
  {
    name: 'BOSH over TLS',
    surface: 'httpBindTls',
    getIn: (port) => enterByBosh(`https://127.0.0.1:${port}/http-bind`),
  },
]
