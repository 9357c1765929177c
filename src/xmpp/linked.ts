import { type Logger, pino } from 'pino'
import { type Accounts, accountsOf } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import { checkSide } from '../engine/adapters.ts'
import type { Clock } from '../engine/ports.ts'
import type { CommonServiceOptions, RunningNotificationService } from './common-service.ts'
import type { NotificationEngine } from './embedded.ts'
import { type GatewayFigures, NO_FIGURES, PublicationListeners } from './gateway/figures.ts'
import { Gateway } from './gateway.ts'
import { finesseRendering, type Hosts } from './rendering.ts'
import { GATEWAY_ACCOUNT } from './service/account.ts'
import { noFigures } from './service/figures.ts'

/** A notification service of this program in another process, for one session of the engine. */
export interface Link {
  /** Address, for example `xmpp://127.0.0.1:40123`. It takes one connection. */
  readonly service: string
  readonly password: string
  /** No client has stayed connected there since the link before. */
  readonly isFresh: boolean
  /** Resolves when the link is over. */
  readonly ended: Promise<void>
  close(): void
}

export interface LinkedServiceOptions extends CommonServiceOptions {
  readonly domain: string
  readonly hosts: Hosts
  readonly accounts?: Accounts | undefined
  /** Real time when left out. */
  readonly clock?: Clock | undefined
  /** Calls its argument with each new link. */
  readonly onLink: (listener: (link: Link) => void) => void
}

/** So long without a link, in ms, and the side is taken for lost. Its clients have been disconnected by then. */
const LOST_MS = 60_000

/**
 * The notification service of a side whose front is in another process. Whenever there is a link to that one, the engine
 * has a session there. Without a link the side has no notification service; after a minute its notifications are dropped.
 *
 * @throws InvalidArgument for a side that the engine does not have.
 */
export function linkedService(engine: NotificationEngine, options: LinkedServiceOptions): RunningNotificationService {
  const { domain, hosts, onLink, side = 'A' } = options
  checkSide(engine.adapters, side)
  const logger: Logger = options.logger ?? pino({ level: 'silent' })
  const clock = options.clock ?? systemClock()
  const accounts = accountsOf(options.accounts, engine)
  const pubsubDomain = `pubsub.${domain}`
  const published = new PublicationListeners((error) =>
    logger.error({ err: error }, 'a listener of publications threw'),
  )
  let gateway: Gateway | undefined
  let figures: GatewayFigures = NO_FIGURES
  let serving: Promise<void> = Promise.resolve()
  let isClosed = false
  const lost = (returns: boolean) =>
    engine.adapters.sessionsLost(side, returns).catch((error: unknown) => {
      logger.warn({ err: error, side }, 'the engine did not take the loss of the side')
    })
  const waitForLink = () => clock.at(clock.now() + LOST_MS, () => void lost(false))
  let stopWaiting = waitForLink()
  const serve = async ({ service, password, isFresh, ended, close }: Link) => {
    if (isClosed) return close()
    stopWaiting()
    if (isFresh) await lost(true)
    if (isClosed) return close()
    const own = new Gateway(engine, {
      ...{ side, service, domain, pubsubDomain, password, clock, logger },
      username: GATEWAY_ACCOUNT,
      render: options.render ?? finesseRendering(domain, pubsubDomain, engine, hosts, accounts.tokens?.mode),
      onPublished: (each) => published.tell(each),
      ...(options.gatewayLimits === undefined ? {} : { limits: options.gatewayLimits }),
    })
    gateway = own
    own.start()
    await ended
    await own.close()
    figures = added(figures, own.figures)
    gateway = undefined
    if (!isClosed) stopWaiting = waitForLink()
  }
  onLink((link) => {
    serving = serving
      .then(() => serve(link))
      .catch((error: unknown) => logger.error({ err: error, side }, 'the session on the link did not end cleanly'))
  })
  const stopListening = [
    engine.on('reset', () => gateway?.abandon()),
    accounts.tokens?.onEnd?.((user) => void gateway?.tokensEnded(user)) ?? (() => undefined),
  ]
  return {
    domain: domain.toLowerCase(),
    pubsubDomain,
    ports: {},
    figures: noFigures(),
    get gateway() {
      return gateway === undefined ? figures : added(figures, gateway.figures)
    },
    get online() {
      return gateway?.online ?? false
    },
    onPublished: (listener) => published.add(listener),
    tried: Promise.resolve(),
    settled: async () => gateway?.settled(),
    handleRequest: () => false,
    handleUpgrade: () => false,
    close: async () => {
      isClosed = true
      stopWaiting()
      for (const stop of stopListening) stop()
      await gateway?.close()
    },
  }
}

function added(one: GatewayFigures, other: GatewayFigures): GatewayFigures {
  return {
    inFlight: one.inFlight + other.inFlight,
    waiting: one.waiting + other.waiting,
    published: one.published + other.published,
    failed: one.failed + other.failed,
    sessions: one.sessions + other.sessions,
    failedAttempts: one.failedAttempts + other.failedAttempts,
  }
}
