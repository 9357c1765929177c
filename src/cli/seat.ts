/**
 * The side that a server serves while another one owns the store. Its clients sign in here and stay connected when this
 * server becomes the owner. Until then the owner checks their passwords, keeps their subscriptions, and has a link to the
 * notification service here.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { type Accounts, AccountsBusyError } from '../accounts/index.ts'
import type { LoadedDirectory } from '../directory/index.ts'
import type { Directory } from '../directory/model.ts'
import { KeptAtOwner, OtherEnd, type Owner, RefusedByOwner } from '../pair/index.ts'
import type { ConnectionGuard } from '../sockets/index.ts'
import { Front, type FrontOptions } from '../xmpp/front.ts'

export interface SeatOptions {
  readonly side: Side
  /** Of the notification service. */
  readonly front: Omit<FrontOptions, 'connections' | 'side' | 'logger'>
  /** Limits the connections, also when this server is the owner. */
  readonly guard: ConnectionGuard
  /** The directory as it is now. */
  readonly loaded: () => LoadedDirectory
  /** How the owner lets users sign in with access tokens; `undefined`: it does not. */
  readonly tokens: 'SSO' | 'HYBRID' | undefined
  readonly logger: Logger
  /** So long clients stay connected without an owner, in ms. Default: `KEEP_MS`. */
  readonly keepMs?: number
}

/** Pause in ms until the next attempt to reach the owner. */
const AGAIN_MS = 250
/** A take-over takes less. Then the side is lost, and its clients go to the other one. */
const KEEP_MS = 10_000

export class Seat {
  readonly side: Side
  readonly guard: ConnectionGuard
  readonly #options: SeatOptions
  #owner: OtherEnd | undefined
  #over = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #front: Front | undefined
  #isLinked = false
  /** No client has stayed connected since the link before. */
  #isFresh = true
  #losing: NodeJS.Timeout | undefined
  #problem = ''
  /** Rejects if a port of the side cannot be opened. */
  readonly failed: Promise<never>
  #fail: (error: unknown) => void = () => undefined

  constructor(options: SeatOptions) {
    this.#options = options
    this.side = options.side
    this.guard = options.guard
    this.failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.failed.catch(() => undefined)
  }

  /** The notification service; `undefined` until the owner was reached for the first time. */
  get front(): Front | undefined {
    return this.#front
  }

  /** Has the owner a link to here, so that this side can be in service? */
  get isLinked(): boolean {
    return this.#isLinked
  }

  /** Another process is the owner now, or it can be reached elsewhere. */
  ownedBy(owner: Owner): void {
    this.#over.abort()
    const over = new AbortController()
    const end = new OtherEnd(owner, this.side)
    this.#over = over
    this.#owner = end
    this.#running = this.#running.then(() => this.#run(end, over.signal))
  }

  /** The directory has changed. */
  directoryChanged(before: Directory): void {
    this.#front?.service.forget(before)
  }

  /** This server is the owner from now on. The clients stay connected. */
  async takeOver(): Promise<Front | undefined> {
    this.#over.abort()
    this.#owner = undefined
    await this.#running
    clearTimeout(this.#losing)
    this.#front?.lose(false)
    return this.#front
  }

  /** Ends the link, so that the owner does not take the end of the streams for agents who disconnect. Then the streams. */
  async close(): Promise<void> {
    await this.takeOver()
    await this.#front?.close()
  }

  async #run(owner: OtherEnd, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      try {
        await this.#serve(owner, over)
      } catch (error) {
        if (!over.aborted) this.#notReached(error)
      }
      this.#unlinked()
      await pause(AGAIN_MS, undefined, { signal: over }).catch(() => undefined)
    }
  }

  /** From the first request to the owner until the end of the link. */
  async #serve(owner: OtherEnd, over: AbortSignal): Promise<void> {
    const { logger, side } = this.#options
    this.#front ??= await this.#open(owner, over)
    const link = await owner.link({ ...(await this.#front.gatewayPlace()), isFresh: this.#isFresh }, over)
    this.#isLinked = true
    this.#isFresh = false
    this.#problem = ''
    clearTimeout(this.#losing)
    this.#losing = undefined
    this.#front.lose(false)
    logger.info({ side }, `serves side ${side}: the owner is linked`)
    await link.ended
    if (!over.aborted) logger.warn({ side }, 'the link to the owner is lost')
  }

  async #open(owner: OtherEnd, over: AbortSignal): Promise<Front> {
    const { side, front: options, guard, loaded, logger } = this.#options
    const records = new KeptAtOwner(() => this.#present(), await owner.subscriptions(over))
    const directory = () => loaded().directory
    const given = { ...options, side, handsOver: true, connections: guard, logger: logger.child({ part: 'xmpp' }) }
    const front = new Front(given, { directory, accounts: this.#accounts(), records })
    try {
      await front.openClients()
      return front
    } catch (error) {
      this.#fail(error)
      await front.close()
      throw error
    }
  }

  /** Accounts that the owner checks. Which ones exist is in the directory here. */
  #accounts(): Accounts {
    const { loaded, tokens } = this.#options
    return {
      limitsItself: true,
      verify: (name, secret, address) =>
        this.#present().signIn({ name, secret, ...(address === undefined ? {} : { address }) }),
      has: ({ id, kind }) => loaded().credentials.some((each) => each.id === id && each.kind === kind),
      ...(tokens && {
        tokens: { mode: tokens, verify: (secret: string) => this.#present().signIn({ name: null, secret }) },
      }),
    }
  }

  #present(): OtherEnd {
    if (this.#owner === undefined) throw new AccountsBusyError('there is no server that checks passwords now')
    return this.#owner
  }

  #unlinked(): void {
    this.#isLinked = false
    if (this.#losing === undefined)
      this.#losing = setTimeout(() => this.#lose(), this.#options.keepMs ?? KEEP_MS).unref()
  }

  /** The clients are disconnected, and go to the other side. */
  #lose(): void {
    this.#isFresh = true
    this.#front?.lose(true)
  }

  #notReached(error: unknown): void {
    // A test has taken this side down.
    if (error instanceof RefusedByOwner && error.why === 'LOST') this.#lose()
    const problem = error instanceof Error ? error.message : String(error)
    if (problem !== this.#problem) this.#options.logger.warn({ problem }, 'the owner does not serve this side')
    this.#problem = problem
  }
}
