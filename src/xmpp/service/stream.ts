import type { Logger } from 'pino'
import type { Clock } from '../../engine/ports.ts'
import type { Account, Authenticate } from './account.ts'
import { readBinding } from './binding.ts'
import type { Figures } from './figures.ts'
import { parseJid } from './jid.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Limits } from './limits.ts'
import { NS } from './namespaces.ts'
import { randomName } from './random.ts'
import { mechanisms, success } from './sasl.ts'
import type { BoundSession } from './session.ts'
import { SignIn } from './sign-in.ts'
import { SignInTime } from './sign-in-time.ts'
import { iqError, isStanza } from './stanzas.ts'
import type { Wire, WirePeer } from './transports/wire.ts'
import { Writes, type Written } from './writes.ts'
import { type Element, renamed } from './xml/element.ts'
import { type Packet, stanza, streamElement, tag } from './xml/markup.ts'
import type { StreamCondition, XmlViolation } from './xml/violation.ts'

/** Which accounts may sign in through a listener, and the limits of its connections. */
export interface Entrance {
  readonly name: 'client' | 'gateway'
  /** Most connections through this entrance. Counted for each entrance, so that clients cannot shut the gateway out. */
  readonly connections: number
  readonly authenticate: Authenticate
  readonly writeBufferBytes: number
}

/** The part of the service that a stream uses. No method throws. */
export interface StreamHost {
  readonly domain: string
  readonly limits: Limits
  readonly clock: Clock
  readonly logger: Logger
  readonly figures: Figures
  /**
   * Binds a resource and ends an older session of the same resource. Returns `undefined` when the account has too many
   * sessions or no longer exists.
   */
  bind(stream: XmppStream, account: Account, resource: string): BoundSession | undefined
  /** Handles a stanza of a bound session. */
  stanza(session: BoundSession, element: Element): void
  /** Called once when the stream has ended, for any reason. */
  ended(stream: XmppStream, session: BoundSession | undefined): void
}

/** Phase of a stream (`notifications 3.1`). */
type Phase = 'header' | 'sasl' | 'restart' | 'bind' | 'bound' | 'over'

/** Number of stanzas after which a stream yields to others. Each stanza may cause a write to the disk. */
const TURN = 16

const bindFeatures = streamElement('features', tag('bind', { xmlns: NS.bind }), tag('session', { xmlns: NS.session }))
const saslFeatures = streamElement('features', mechanisms)

/** One stream, from its first header to its end: phases, binding, keep-alive, errors. Independent of the transport. */
export class XmppStream implements WirePeer {
  readonly id = randomName(16)
  readonly #wire: Wire
  readonly #host: StreamHost
  readonly #entrance: Entrance
  readonly #writes: Writes
  readonly #signIn: SignIn
  readonly #keepAlive: KeepAlive
  readonly #signInTime: SignInTime
  #phase: Phase = 'header'
  #headerSent = false
  #stanzasInTurn = 0
  #account: Account | undefined
  #session: BoundSession | undefined
  /** Domain to which the client opened the stream. Any domain is accepted (`notifications 3.3`). */
  #alias = ''

  constructor(wire: Wire, host: StreamHost, entrance: Entrance) {
    this.#wire = wire
    this.#host = host
    this.#entrance = entrance
    const { clock, limits } = host
    const bounds = { bufferBytes: entrance.writeBufferBytes, stallMs: limits.writeStallMs }
    this.#writes = new Writes(wire, clock, bounds, () => this.fail('resource-constraint', 'the peer does not read'))
    this.#signIn = new SignIn({
      stream: this,
      wire,
      host,
      entrance,
      waits: () => this.#phase === 'sasl',
      signedIn: (account) => this.#signedIn(account),
    })
    this.#keepAlive = new KeepAlive(
      clock,
      limits.idleMs,
      () => this.#ping(),
      () => this.#isLate('silence'),
    )
    this.#signInTime = new SignInTime(clock, limits.handshakeMs, () =>
      this.fail('connection-timeout', 'not signed in in time'),
    )
  }

  /** Ends the stream of a client that was too slow. While its password is checked, it waits for the server. */
  #isLate(reason: string): boolean {
    if (this.#signIn.isChecking) return false
    this.fail('connection-timeout', reason)
    return true
  }

  /** The domain as the client named it, in lower case; `''` when it gave none. */
  get alias(): string {
    return this.#alias
  }

  /** Sends one element. `written` is called once, when the element has left the process or will never leave it. */
  send(packet: Packet, written?: Written): void {
    this.#host.figures.bytesOut += this.#writes.send(packet, written)
  }

  /** Ends the stream with a stream error. */
  fail(condition: StreamCondition, reason: string = condition): void {
    if (this.#phase === 'over') return
    this.#host.logger.debug(
      { stream: this.id, jid: this.#session?.jid, condition, reason },
      'stream ends with an error',
    )
    if (!this.#headerSent) this.#sendHeader()
    const error = { condition, packet: streamElement('error', tag(condition, { xmlns: NS.streams })) }
    this.#end(() => this.#wire.close(error))
  }

  /** The last access token of this user has ended. Ends the stream if the user signed in with one. */
  tokenEnded(user: string): void {
    const { id, kind, byToken = false } = this.#account ?? {}
    if (byToken && kind === 'user' && id === user) this.fail('not-authorized', 'the access token has ended')
  }

  /** Resets the connection without ending the stream, as a crashed machine would. */
  cut(): void {
    this.#end(() => this.#wire.reset())
  }

  alive(bytes: number): void {
    this.#host.figures.bytesIn += bytes
    this.#keepAlive.touch()
  }

  opened(attributes: ReadonlyMap<string, string>): void {
    if (this.#phase === 'over') return
    if (this.#phase !== 'header' && this.#phase !== 'restart') {
      this.fail('policy-violation', 'second stream header')
      return
    }
    this.#wire.progressed()
    this.#alias = (attributes.get('to') ?? '').toLowerCase()
    this.#sendHeader()
    const restarted = this.#phase === 'restart'
    this.#phase = restarted ? 'bind' : 'sasl'
    this.send(restarted ? bindFeatures : saslFeatures)
  }

  element(received: Element): Promise<void> | undefined {
    // An element without a namespace counts as one of `jabber:client` (ruling 48).
    const element = renamed(received, '', NS.client)
    try {
      return this.#element(element) ?? this.#yieldTurn()
    } catch (error) {
      this.#failInternally(error)
      return undefined
    }
  }

  closed(): void {
    this.#end()
  }

  failed(violation: XmlViolation): void {
    this.fail(violation.condition, violation.message)
  }

  waits(until: Promise<void>): void {
    this.#signInTime.waits(until)
  }

  gone(): void {
    this.#end()
  }

  /** Lets other streams proceed when a client sends many stanzas at once. */
  #yieldTurn(): Promise<void> | undefined {
    if (this.#entrance.name === 'gateway') return undefined
    this.#stanzasInTurn += 1
    if (this.#stanzasInTurn < TURN) return undefined
    this.#stanzasInTurn = 0
    const { clock } = this.#host
    return new Promise((resolve) => clock.soon(resolve))
  }

  #element(element: Element): Promise<void> | undefined {
    if (element.ns === NS.stream && element.name === 'error') {
      // The peer ends the stream. Stream errors are not answered (RFC 6120 4.9.1.1).
      this.#end()
      return undefined
    }
    switch (this.#phase) {
      case 'sasl':
        return this.#negotiate(element)
      case 'bind':
        this.#bind(element)
        return undefined
      case 'bound':
        if (this.#session !== undefined) this.#stanza(this.#session, element)
        return undefined
      case 'header':
      case 'restart':
        this.fail('not-authorized', 'stanza before the stream header')
        return undefined
      case 'over':
        return undefined
    }
  }

  #stanza(session: BoundSession, element: Element): void {
    if (isStanza(element)) this.#host.stanza(session, element)
    else this.fail('unsupported-stanza-type', element.name)
  }

  #negotiate(element: Element): Promise<void> | undefined {
    const check = this.#signIn.negotiate(element)
    if (check !== undefined) this.#signInTime.waits(check)
    return check
  }

  #signedIn(account: Account): void {
    this.#account = account
    this.#phase = 'restart'
    this.#headerSent = false
    this.#wire.restart()
    this.send(success)
  }

  // ------------------------------------------------------------------------------------------------- binding

  #bind(element: Element): void {
    const binding = readBinding(element, (to) => this.#isOurs(to))
    if (binding.kind === 'bind') this.#bound(binding.id, binding.resource)
    else if (binding.kind === 'end') this.fail(binding.condition, binding.reason)
    else if (binding.packet !== undefined) this.send(binding.packet)
  }

  /** Is this the JID of the server, or of the account that signed in? */
  #isOurs(to: string): boolean {
    const { local = '', domain = '' } = parseJid(to) ?? {}
    return [this.#host.domain, this.#alias].includes(domain) && ['', this.#account?.local].includes(local)
  }

  #bound(id: string | undefined, resource: string): void {
    if (this.#account === undefined) return
    const session = this.#host.bind(this, this.#account, resource)
    if (session === undefined) {
      this.#host.figures.refused += 1
      this.send(iqError({ id }, undefined, 'resource-constraint'))
      return
    }
    this.#session = session
    this.#phase = 'bound'
    this.#signInTime.stop()
    this.#wire.bound()
    const jid = tag('jid', {}, session.jid)
    this.send(stanza('iq', { type: 'result', id }, tag('bind', { xmlns: NS.bind }, jid)))
    this.#host.logger.debug({ stream: this.id, jid: session.jid, transport: this.#wire.name }, 'session bound')
  }

  // ------------------------------------------------------------------------------------------------- life and end

  #sendHeader(): void {
    this.#headerSent = true
    this.#wire.open({ from: this.#host.domain, id: randomName(16) })
  }

  #ping(): void {
    if (this.#session === undefined) return
    const attributes = { type: 'get', id: `ping-${randomName(8)}`, from: this.#host.domain, to: this.#session.jid }
    this.send(stanza('iq', attributes, tag('ping', { xmlns: NS.ping })))
  }

  #failInternally(error: unknown): void {
    this.#host.logger.error({ err: error, stream: this.id }, 'a stanza could not be handled')
    this.fail('internal-server-error')
  }

  #end(close = () => this.#wire.close()): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#keepAlive.stop()
    this.#signInTime.stop()
    close()
    this.#writes.stop()
    this.#host.ended(this, this.#session)
  }
}
