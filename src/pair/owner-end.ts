/** The owner's end of a pair: answers the other server, and takes its link. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Side } from '../../machines/wire.ts'
import { type Accounts, AccountsBusyError } from '../accounts/api.ts'
import type { RecordStore } from '../engine/ports.ts'
import { hasSession } from '../sockets/index.ts'
import { linkOn, type ServiceLink } from './links.ts'
import { PAIR_HEADER, provenSide } from './proof.ts'
import {
  FRONT_HEADER,
  LINK_PROTOCOL,
  PAIR_PATHS,
  PASSWORD_HEADER,
  type PairRefusal,
  REFUSAL_HEADER,
  signInRequest,
  subscriptionChange,
} from './wire.ts'

export interface OwnerEndOptions {
  /** The key of the pair. */
  readonly key: string
  /** The side that the other server serves. */
  readonly other: Side
  readonly accounts: Accounts
  readonly records: RecordStore
  /** Collection of the explicit subscriptions of that side. */
  readonly collection: string
}

/** Largest body, in bytes. A password may be an access token. */
const BODY_BYTES = 64 * 1024

export class OwnerEnd {
  readonly #options: OwnerEndOptions
  readonly #collection: string
  #link: ServiceLink | undefined
  #onLink: (link: ServiceLink) => void = () => undefined
  #isLost = false
  #isClosed = false

  constructor(options: OwnerEndOptions) {
    this.#options = options
    this.#collection = options.collection
  }

  /** Is the request one that the other server has passed on for a client of its side? */
  isFromOther(headers: IncomingHttpHeaders): boolean {
    return provenSide(this.#options.key, headers[PAIR_HEADER], 'clients') === this.#options.other
  }

  /** Calls `listener` with each new link. The one before has ended. */
  onLink(listener: (link: ServiceLink) => void): void {
    this.#onLink = listener
  }

  /** Sets whether the other side is taken to be lost: then it has no link. */
  lose(lost: boolean): void {
    this.#isLost = lost
    if (lost) this.#link?.close()
  }

  close(): void {
    this.#isClosed = true
    this.#link?.close()
  }

  /** Registers the paths for the other server. Whoever has no proof gets 403. */
  routes(app: FastifyInstance): void {
    const allowed = async (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('cache-control', 'no-store')
      const refusal = this.#refusal(request.headers)
      if (refusal === undefined) {
        hasSession(request.raw.socket)
        return undefined
      }
      if (refusal !== 'UNPROVEN') reply.header(REFUSAL_HEADER, refusal)
      return reply.code(refusal === 'UNPROVEN' ? 403 : 409).send()
    }
    const options = { onRequest: allowed, bodyLimit: BODY_BYTES }
    app.post(PAIR_PATHS.signIn, options, (request, reply) => this.#signIn(request, reply))
    app.get(PAIR_PATHS.subscriptions, options, async () => ({
      records: this.#options.records.list(this.#collection),
    }))
    app.put(PAIR_PATHS.subscriptions, options, async (request, reply) => {
      const change = subscriptionChange.safeParse(request.body)
      if (!change.success) return reply.code(400).send()
      const { records } = this.#options
      const { key, value } = change.data
      await (value === null ? records.delete(this.#collection, key) : records.put(this.#collection, key, value))
      return reply.code(204).send()
    })
  }

  /** Takes the upgrade to a link and returns true. Otherwise returns false and leaves the socket untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex): boolean {
    if (request.url !== PAIR_PATHS.link) return false
    const { [PASSWORD_HEADER]: password, [FRONT_HEADER]: front, upgrade } = request.headers
    const refusal = this.#refusal(request.headers)
    if (refusal !== undefined || typeof password !== 'string' || upgrade !== LINK_PROTOCOL || this.#isClosed) {
      const why = refusal === undefined || refusal === 'UNPROVEN' ? '' : `${REFUSAL_HEADER}: ${refusal}\r\n`
      const status = refusal === 'UNPROVEN' ? '403 Forbidden' : '409 Conflict'
      socket.on('error', () => undefined)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${why}\r\n`)
      return true
    }
    hasSession(request.socket)
    void this.#take(request.socket, { password, isFresh: front !== 'kept' })
    return true
  }

  async #take(socket: Socket, about: Pick<ServiceLink, 'password' | 'isFresh'>): Promise<void> {
    socket.on('error', () => undefined)
    // A new link takes the place of one whose loss was not noticed yet.
    this.#link?.close()
    await this.#link?.ended
    try {
      const link = await linkOn(socket, about)
      this.#link = link
      if (this.#isLost || this.#isClosed) return link.close()
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${LINK_PROTOCOL}\r\n\r\n`)
      this.#onLink(link)
    } catch {
      socket.destroy()
    }
  }

  #refusal(headers: IncomingHttpHeaders): PairRefusal | 'UNPROVEN' | undefined {
    const side = provenSide(this.#options.key, headers[PAIR_HEADER], 'server')
    if (side === undefined) return 'UNPROVEN'
    if (side !== this.#options.other) return 'SERVED'
    return this.#isLost ? 'LOST' : undefined
  }

  async #signIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const asked = signInRequest.safeParse(request.body)
    if (!asked.success) return reply.code(400).send()
    const { name, secret, address } = asked.data
    const { accounts } = this.#options
    try {
      const principal =
        name === null ? await accounts.tokens?.verify(secret) : await accounts.verify(name, secret, address)
      return { principal: principal ?? null }
    } catch (error) {
      if (error instanceof AccountsBusyError) return reply.code(503).send()
      throw error
    }
  }
}
