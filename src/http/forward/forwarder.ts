/**
 * Passes requests on to another server of the same kind, the owner. Each connection of a client has a connection of its own
 * to the owner, so that requests keep their order, and the limits of the owner for connections mean what they always mean.
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  ServerResponse,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { checkingPassword, hasSession } from '../../sockets/index.ts'
import { causeBelow } from '../outgoing.ts'
import { type Answer, type Asked, run } from './exchange.ts'
import { answerHeaders, framing, isPassedOn, requestHeaders, SESSION_HEADER } from './headers.ts'
import type { ForwardRefusal } from './refusal.ts'
import { passUpgrade } from './upgrade.ts'

export interface ForwarderOptions {
  /** The machine that passes on; each answer names it. */
  readonly name: string
  /** Host names of this server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** Most requests and streams at a time. */
  readonly most: number
  /** Answers a request that has no answer of the owner. */
  readonly refuse: (why: ForwardRefusal, asked: Asked, answer: Answer) => void
  /** Called with the reason why the owner is not reached, when it is another one than before. */
  readonly onProblem: (problem: string) => void
}

/** The part of a connection of a client that connections to the owner belong to. */
interface ClientEnd {
  once(event: 'close', listener: () => void): unknown
}

/** Most connections to the owner for one client: with HTTP/2 as many as it may have requests at a time. */
const OF_CLIENT = { 1: 1, 2: 100 } as const

export class Forwarder {
  readonly #options: ForwarderOptions
  #owner: URL | undefined
  #own: readonly [name: string, value: string] | undefined
  #agents = new WeakMap<ClientEnd, HttpAgent>()
  /** Ends what is under way. */
  readonly #underWay = new Set<() => void>()
  #problem = ''

  constructor(options: ForwarderOptions) {
    this.#options = options
  }

  /**
   * Base URL of the owner; `undefined` if it does not say one. `own`: a header for each request. What is under way goes
   * on.
   */
  passOnTo(url: string | undefined, own?: readonly [name: string, value: string]): void {
    this.#owner = url === undefined || !URL.canParse(url) ? undefined : new URL(url)
    this.#own = own
    this.#problem = ''
  }

  /** Ends everything that is under way, because the owner is another one. */
  leave(): void {
    this.#owner = undefined
    this.#agents = new WeakMap()
    for (const end of [...this.#underWay]) end()
  }

  /** Passes a request on. */
  handle(asked: Asked, answer: Answer): void {
    const { refuse, name } = this.#options
    const owner = this.#readyFor(asked)
    if (typeof owner === 'string') return refuse(owner, asked, answer)
    const outgoing = this.#request(owner, asked, { agent: this.#agentOf(asked, owner), headers: framed(asked) })
    if (outgoing === undefined) return refuse('UNREADABLE', asked, answer)
    // The owner judges the client. Until it has, the connection counts as one whose password is being checked.
    const judged = checkingPassword(asked.socket)
    const end = this.#began(() => outgoing.destroy(new Error('the server has another owner now')))
    let isGone = false
    answer.once('close', () => {
      isGone = true
      if (!answer.writableEnded) outgoing.destroy()
    })
    run({
      ...{ asked, outgoing },
      begin: (incoming) => {
        if (incoming.headers[SESSION_HEADER] !== undefined) hasSession(asked.socket)
        begin(answer, incoming, answerHeaders(incoming, name))
        return answer
      },
      refused: (why, error) => {
        if (isGone) return
        this.#failed(error)
        refuse(why, asked, answer)
      },
      over: () => {
        judged()
        end()
      },
    })
  }

  /** Passes the upgrade to a WebSocket on, and then everything in both directions. */
  handleUpgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { refuse, name } = this.#options
    const answer = answerOn(asked, socket)
    if (answer === undefined) return
    const owner = this.#readyFor(asked)
    if (typeof owner === 'string') return refuse(owner, asked, answer)
    const headers = ['connection', 'Upgrade', 'upgrade', asked.headers.upgrade ?? '']
    const outgoing = this.#request(owner, asked, { agent: false, headers })
    if (outgoing === undefined) return refuse('UNREADABLE', asked, answer)
    const end = this.#began(() => {
      outgoing.destroy()
      socket.destroy()
    })
    passUpgrade({
      ...{ asked, outgoing, answer, socket, head, name },
      begin: (incoming) => begin(answer, incoming, [...answerHeaders(incoming, name), 'connection', 'close']),
      refused: (why, error) => {
        this.#failed(error)
        refuse(why, asked, answer)
      },
      over: end,
    })
  }

  /** The owner, or why the request cannot be passed on. */
  #readyFor(asked: Asked): URL | ForwardRefusal {
    if (isPassedOn(asked)) return 'LOOP'
    if (this.#owner === undefined) return 'NO_ADDRESS'
    return this.#underWay.size >= this.#options.most ? 'FULL' : this.#owner
  }

  /** `undefined` for a request with characters that Node does not send. */
  #request(
    to: URL,
    asked: Asked,
    { agent, headers }: { readonly agent: HttpAgent | false; readonly headers: readonly string[] },
  ): ClientRequest | undefined {
    const request = to.protocol === 'https:' ? requestHttps : requestHttp
    const wanted = {
      // A host in brackets is an IPv6 address.
      host: to.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: to.port,
      method: asked.method ?? 'GET',
      path: asked.url ?? '/',
      headers: [...requestHeaders(asked, { to, names: this.#options.names, own: this.#own }), ...headers],
      agent,
    }
    try {
      return request(wanted)
    } catch (error) {
      if (error instanceof TypeError) return undefined
      throw error
    }
  }

  #agentOf(asked: Asked, owner: URL): HttpAgent {
    const client: ClientEnd = ('stream' in asked ? asked.stream.session : undefined) ?? asked.socket
    const known = this.#agents.get(client)
    if (known !== undefined) return known
    const maxSockets = asked.httpVersionMajor > 1 ? OF_CLIENT[2] : OF_CLIENT[1]
    const Agent = owner.protocol === 'https:' ? HttpsAgent : HttpAgent
    const agent = new Agent({ keepAlive: true, maxSockets })
    this.#agents.set(client, agent)
    client.once('close', () => agent.destroy())
    return agent
  }

  #began(end: () => void): () => void {
    this.#underWay.add(end)
    return () => void this.#underWay.delete(end)
  }

  #failed(error: Error): void {
    const { code, message, isUntrusted } = causeBelow(error)
    const problem = isUntrusted ? `its certificate is not trusted (${code})` : message || code
    if (problem !== this.#problem) this.#options.onProblem(problem)
    this.#problem = problem
  }
}

const framed = (asked: Asked) => framing(asked, 'stream' in asked && !asked.stream.endAfterHeaders)

/** Status and headers, as the owner sent them. */
function begin(answer: Answer, incoming: IncomingMessage, headers: string[]): void {
  const { statusCode = 502, statusMessage = '' } = incoming
  if (!(answer instanceof ServerResponse)) {
    answer.writeHead(statusCode, inObject(headers))
    return
  }
  answer.writeHead(statusCode, statusMessage, headers)
  // The body of a stream may begin much later.
  if (incoming.headers['content-length'] === undefined) answer.flushHeaders()
}

/** HTTP/2 takes no list. Values of one name stay apart. */
function inObject(headers: readonly string[]): Record<string, string[]> {
  const all: Record<string, string[]> = Object.create(null)
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = headers.slice(index, index + 2)
    const values = all[name.toLowerCase()] ?? []
    all[name.toLowerCase()] = [...values, value]
  }
  return all
}

/** An answer on the connection of an upgrade, which ends with it. */
function answerOn(asked: IncomingMessage, socket: Duplex): ServerResponse | undefined {
  socket.on('error', () => undefined)
  if (socket !== asked.socket) {
    socket.destroy()
    return undefined
  }
  const answer = new ServerResponse(asked)
  answer.shouldKeepAlive = false
  answer.assignSocket(asked.socket)
  answer.once('finish', () => socket.end())
  return answer
}
