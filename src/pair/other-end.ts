/** The other end of a pair: asks the owner of the store, and opens the link to it. */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Side } from '../../machines/wire.ts'
import { AccountsBusyError, type Principal } from '../accounts/api.ts'
import type { Json } from '../engine/ports.ts'
import { joined } from './joined.ts'
import { PAIR_HEADER, proofOf } from './proof.ts'
import {
  FRONT_HEADER,
  isPairRefusal,
  LINK_PROTOCOL,
  PAIR_PATHS,
  PASSWORD_HEADER,
  type PairRefusal,
  REFUSAL_HEADER,
  SILENCE_MS,
  type SignInRequest,
  signInAnswer,
  subscriptionsAnswer,
} from './wire.ts'

/** The owner, as the lease names it. */
export interface Owner {
  /** Base URL. */
  readonly address: string
  /** The key of the pair. */
  readonly key: string
}

/** A local listener that takes the link, and the password that it wants. */
export interface LinkTarget {
  readonly port: number
  readonly password: string
  /** See `ServiceLink.isFresh`. */
  readonly isFresh: boolean
}

/** The owner refuses this server. */
export class RefusedByOwner extends Error {
  override readonly name = 'RefusedByOwner'
  readonly why: PairRefusal | undefined
  constructor(status: number, why: PairRefusal | undefined) {
    super(`the other server answers ${status}${why === undefined ? '' : ` (${why})`}`)
    this.why = why
  }
}

/** Longest time in ms until the owner answers. A password may wait for its turn much longer. */
const ANSWER_MS = 5000
const SIGN_IN_MS = 60_000

export class OtherEnd {
  readonly #owner: Owner
  readonly #side: Side

  /** `side`: the one that this server serves. */
  constructor(owner: Owner, side: Side) {
    this.#owner = owner
    this.#side = side
  }

  /** Rejects with `AccountsBusyError` if the owner cannot be asked now, or puts the client off. */
  async signIn(asked: SignInRequest): Promise<Principal | undefined> {
    try {
      const answer = await this.#ask('POST', PAIR_PATHS.signIn, AbortSignal.timeout(SIGN_IN_MS), asked)
      return signInAnswer.parse(await answer.json()).principal ?? undefined
    } catch (error) {
      throw new AccountsBusyError('the server that checks passwords does not answer', { cause: error })
    }
  }

  /** `signal` ends the waiting. */
  async subscriptions(signal: AbortSignal): Promise<readonly { readonly key: string; readonly value: Json }[]> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
    const answer = await this.#ask('GET', PAIR_PATHS.subscriptions, within)
    return subscriptionsAnswer.parse(await answer.json()).records
  }

  /** Resolves when the owner has kept it. `value`: `null` deletes it. */
  async changeSubscription(key: string, value: Json): Promise<void> {
    await this.#ask('PUT', PAIR_PATHS.subscriptions, AbortSignal.timeout(ANSWER_MS), { key, value })
  }

  /** Opens the link to a local listener. Resolves when it is open, with a promise of its end. `signal` ends it. */
  async link({ port, password, isFresh }: LinkTarget, signal: AbortSignal): Promise<{ readonly ended: Promise<void> }> {
    const socket = await this.#upgraded(password, isFresh, signal)
    const service = connect(port, '127.0.0.1')
    joined(service, socket)
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    return { ended: new Promise((resolve) => socket.once('close', resolve)) }
  }

  #upgraded(password: string, isFresh: boolean, signal: AbortSignal): Promise<Socket> {
    const to = new URL(PAIR_PATHS.link, this.#owner.address)
    const request = to.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing: ClientRequest = request(to, {
      headers: {
        ...this.#headers,
        connection: 'Upgrade',
        upgrade: LINK_PROTOCOL,
        [PASSWORD_HEADER]: password,
        [FRONT_HEADER]: isFresh ? 'fresh' : 'kept',
      },
      timeout: SILENCE_MS,
      agent: false,
      signal,
    })
    return new Promise((resolve, reject) => {
      outgoing.once('upgrade', (_answer: IncomingMessage, socket: Socket, first: Buffer) => {
        socket.setTimeout(0)
        socket.unshift(first)
        resolve(socket)
      })
      outgoing.once('response', (answer) => {
        answer.resume()
        reject(refusalOf(answer.statusCode ?? 0, answer.headers[REFUSAL_HEADER]))
      })
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')))
      outgoing.on('error', reject)
      outgoing.end()
    })
  }

  get #headers() {
    return { [PAIR_HEADER]: proofOf(this.#owner.key, this.#side, 'server') }
  }

  async #ask(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const answer = await fetch(new URL(path, this.#owner.address), {
      method,
      headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      redirect: 'error',
    })
    if (answer.ok) return answer
    await answer.body?.cancel()
    throw refusalOf(answer.status, answer.headers.get(REFUSAL_HEADER))
  }
}

const refusalOf = (status: number, why: unknown) => new RefusedByOwner(status, isPairRefusal(why) ? why : undefined)
