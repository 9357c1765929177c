/** One XMPP session at a side of the followed Finesse, from sign-in to loss. Another one replaces it. */
import { xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Clock } from '../../engine/ports.ts'
import { XmppConnection } from '../../xmpp-session/connection.ts'
import { RequestRefused } from '../../xmpp-session/requests.ts'
import type { XmppElement } from '../../xmpp-session/xmpp-element.ts'
import type { Account, Accounts } from './accounts.ts'
import { UpstreamError } from './error.ts'
import type { FollowLimits } from './limits.ts'
import { causeOf, isUntrusted } from './rest.ts'

/** A notification as it came: not read yet. */
export interface Delivered {
  readonly node: string
  readonly item: string
  readonly document: string
}

export interface SessionOptions {
  /** `xmpps://host:5223`, `wss://host:7443/ws/`, or without TLS where that is offered. */
  readonly xmpp: string
  readonly domain: string
  /** `pubsub.` and the domain, unless SystemInfo says otherwise. */
  readonly pubsub: string
  readonly resource: string
  readonly account: Account
  readonly accounts: Accounts
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: FollowLimits
  readonly onNotification: (delivered: Delivered) => void
  /** The `finesse` beacon has come or gone (`notifications 4`). */
  readonly onBeacon: (available: boolean) => void
}

const PUBSUB = 'http://jabber.org/protocol/pubsub'
/** The local part of the server's own account. */
const BEACON = 'finesse'

export class UpstreamSession {
  readonly #options: SessionOptions
  readonly #connection: XmppConnection
  #cancelPing: () => void = () => undefined

  constructor(options: SessionOptions) {
    this.#options = options
    const { account, clock, logger, limits } = options
    this.#connection = new XmppConnection({
      service: options.xmpp,
      domain: options.domain,
      username: account.user,
      password: account.password,
      resource: options.resource,
      requestTimeoutMs: limits.pingEveryMs,
      connectTimeoutMs: limits.connectTimeoutMs,
      longestStanza: limits.stanzaCharacters,
      clock,
      logger,
      late: () => new UpstreamError('UPSTREAM_UNREACHABLE', 'XMPP: no answer in time'),
      onPresence: (from, available) => {
        if (from.split('@')[0]?.toLowerCase() === BEACON) options.onBeacon(available)
      },
      onMessage: (stanza) => this.#received(stanza),
    })
  }

  /** Resolves when the session is over. */
  get lost(): Promise<void> {
    return this.#connection.lost
  }

  /** Why the session is over, in words; `''` if the server just closed it. */
  get why(): string {
    const { problem } = this.#connection
    if (problem === undefined) return ''
    const { account, resource } = this.#options
    const isTaken = conditionOf(problem) === 'conflict'
    return isTaken ? `another session of ${account.user} has the resource ${resource} now` : wordsOf(problem)
  }

  /** Signs in and becomes available, with priority 0. @throws UpstreamError */
  async open(): Promise<void> {
    const { account, accounts } = this.#options
    try {
      await this.#connection.open()
      accounts.accept(account)
      await this.#connection.appear()
      this.#ping()
      this.#connection.lost.then(
        () => this.#cancelPing(),
        () => undefined,
      )
    } catch (error) {
      await this.#connection.close()
      const words = wordsOf(error)
      const code = isUntrusted(error) ? 'UPSTREAM_UNTRUSTED' : 'UPSTREAM_UNREACHABLE'
      if (conditionOf(error) !== 'not-authorized') throw new UpstreamError(code, `XMPP: ${words}`)
      accounts.refuse(account)
      throw new UpstreamError('UPSTREAM_DENIED', `XMPP: ${account.user} is refused`)
    }
  }

  /** Subscribes this session to a node. Resolves with the condition of a refusal. @throws UpstreamError */
  subscribe(node: string): Promise<string | undefined> {
    return this.#change('subscribe', node)
  }

  /** Ends the subscriptions, which the server would keep otherwise (`notifications 5.3`), and the session. */
  async close(nodes: readonly string[] = []): Promise<void> {
    this.#cancelPing()
    await Promise.all(nodes.map((node) => this.#change('unsubscribe', node).catch(() => undefined)))
    await this.#connection.close()
  }

  async #change(action: 'subscribe' | 'unsubscribe', node: string): Promise<string | undefined> {
    const { pubsub, account, domain, resource } = this.#options
    const jid = `${account.user.toLowerCase()}@${domain}/${resource}`
    try {
      await this.#connection.request('set', pubsub, () => xml('pubsub', { xmlns: PUBSUB }, xml(action, { node, jid })))
      return undefined
    } catch (error) {
      if (error instanceof RequestRefused) return error.condition
      throw new UpstreamError('UPSTREAM_UNREACHABLE', `XMPP: ${wordsOf(error)}`)
    }
  }

  /** Pings until the session is lost. A session that does not answer is closed (`notifications 10`). */
  #ping(): void {
    const { clock, limits } = this.#options
    this.#cancelPing = clock.at(clock.now() + limits.pingEveryMs, () => {
      this.#connection.ping().then(
        () => this.#ping(),
        () => this.#connection.close(),
      )
    })
  }

  #received(stanza: XmppElement): void {
    const items = stanza.getChild('event')?.getChild('items')
    const node = items?.attrs.node
    if (items === undefined || node === undefined) return
    for (const item of items.getChildElements()) {
      const payload = item.getChild('notification')
      if (payload !== undefined)
        this.#options.onNotification({ node, item: item.attrs.id ?? '', document: documentOf(payload) })
    }
  }
}

/** The document is text (`notifications 6`). Some servers nest it as elements instead. */
function documentOf(payload: XmppElement): string {
  const [nested] = payload.getChildElements()
  return nested === undefined ? payload.getText() : String(nested)
}

const conditionOf = (error: unknown): string =>
  error instanceof Error && 'condition' in error ? String(error.condition) : ''

const wordsOf = (error: unknown): string => conditionOf(error) || causeOf(error)
