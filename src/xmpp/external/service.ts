/** The engine at an XMPP server outside, such as Prosody or ejabberd. */

import { pino } from 'pino'
import type { Accounts, HasAccounts } from '../../accounts/api.ts'
import { containedAccounts } from '../../accounts/contained.ts'
import { systemClock } from '../../clock/system-clock.ts'
import type { Engine } from '../../engine/api.ts'
import type { Clock } from '../../engine/ports.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { CommonServiceOptions, RunningNotificationService } from '../common-service.ts'
import { PublicationListeners } from '../gateway/figures.ts'
import { defaultGatewayLimits, type GatewayLimits } from '../gateway/limits.ts'
import { Gateway, type GatewayEngine } from '../gateway.ts'
import { finesseRendering } from '../rendering.ts'
import { GATEWAY_ACCOUNT } from '../service/account.ts'
import { noFigures } from '../service/figures.ts'
import { Setup } from './setup.ts'

export interface ExternalServiceOptions extends CommonServiceOptions {
  /** Where the server is: `xmpp://host:5222` (STARTTLS where the server offers it), `xmpps://…`, `ws://…` or `wss://…`. */
  readonly service: string
  /** Account of the engine: publisher, owner of the nodes and beacon. Clients wait for a beacon named `finesse`. */
  readonly user?: string
  readonly password: string
  /** XMPP domain of the server; the host name in `service` when left out. */
  readonly domain?: string
  /** `pubsub.` and the domain when left out. */
  readonly pubsubDomain?: string
  /** Administrators of these accounts may subscribe to every node; the engine's own accounts when left out. */
  readonly accounts?: Accounts
  /**
   * The first attempt waits for this, and nothing waits for the attempt: for a server that asks back, before it lets the
   * engine in, at a port that is not open yet.
   */
  readonly after?: Promise<void>
  /** Wall clock when left out. */
  readonly clock?: Clock
}

/** The same resource always: a session that an earlier process left behind is replaced, not kept beside. */
const RESOURCE = 'mrdian'

/**
 * Stricter than towards the embedded service, which ends with this process: the server may vanish without a word, and
 * nobody can work until it is found again.
 */
const LIMITS: GatewayLimits = {
  ...defaultGatewayLimits,
  requestTimeoutMs: 20_000,
  pingEveryMs: 10_000,
  longestRetryMs: 5000,
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Connects the engine to an XMPP server outside: makes the nodes and subscriptions of the directory there, publishes, and
 * hears of the agents' presence through the roster that the server is configured to share (README.md beside this file).
 *
 * Resolves when the first attempt has ended, well or not: without the server the side is out of service, SystemInfo says
 * why, and the attempts go on. Rejects with `InvalidArgument` for an address that is none.
 */
export async function externalService(
  engine: GatewayEngine & Pick<Engine, 'on'> & HasAccounts,
  options: ExternalServiceOptions,
): Promise<RunningNotificationService> {
  const { service, user = GATEWAY_ACCOUNT, password, side = 'A', clock = systemClock(), gatewayLimits } = options
  const logger = options.logger ?? pino({ level: 'silent' })
  const { protocol, hostname } = addressOf(service)
  const domain = options.domain ?? hostname
  const pubsubDomain = options.pubsubDomain ?? `pubsub.${domain}`
  const directory = () => engine.get.directory()
  const given = options.accounts ?? engine.accounts
  const accounts =
    given &&
    containedAccounts(given, (error) => logger.error({ err: error }, 'the accounts could not say who is there'))
  if (user !== GATEWAY_ACCOUNT)
    logger.warn(
      { user },
      `the beacon of Finesse is called ${GATEWAY_ACCOUNT}; clients that wait for it will not see it`,
    )
  if ((protocol === 'xmpp:' || protocol === 'ws:') && !LOOPBACK.test(hostname))
    logger.warn({ service }, 'the password leaves this machine unencrypted if the server offers no encryption')
  const listeners = new PublicationListeners((error) =>
    logger.error({ err: error }, 'a listener of publications threw'),
  )
  const setup = new Setup({
    directory,
    administrators: () => accounts?.administrators?.() ?? [],
    authorize: options.authorizeSubscriptions ?? true,
    domain,
    pubsubDomain,
    logger,
  })
  const gateway = new Gateway(engine, {
    side,
    service,
    domain,
    pubsubDomain,
    username: user,
    password,
    resource: RESOURCE,
    render: options.render ?? finesseRendering(domain, pubsubDomain, directory),
    limits: { ...LIMITS, ...gatewayLimits },
    clock,
    logger,
    onPublished: (published) => listeners.tell(published),
    preparation: setup,
  })
  if (options.after === undefined) {
    gateway.start()
    await gateway.tried
  } else
    options.after.then(
      () => gateway.start(),
      () => undefined,
    )
  const forgetEngine = [
    engine.on('reset', () => gateway.abandon()),
    engine.on('directory', () => {
      setup.outdate()
      gateway.follow()
    }),
  ]
  let closing: Promise<void> | undefined
  return {
    domain,
    pubsubDomain,
    ports: {},
    figures: noFigures(),
    get gateway() {
      return gateway.figures
    },
    get online() {
      return gateway.online
    },
    onPublished: (listener) => listeners.add(listener),
    tried: gateway.tried,
    settled: () => gateway.settled(),
    handleRequest: () => false,
    handleUpgrade: () => false,
    close: () => {
      for (const forget of forgetEngine) forget()
      closing ??= gateway.close()
      return closing
    },
  }
}

/** Throws `InvalidArgument`. */
function addressOf(service: string): { protocol: string; hostname: string } {
  const parsed = URL.canParse(service) ? new URL(service) : undefined
  const { protocol = '', hostname = '' } = parsed ?? {}
  if (!/^(?:xmpps?|wss?):$/.test(protocol) || hostname === '')
    throw new InvalidArgument(`an XMPP server is named as in xmpp://host:5222, not as in ${service}`)
  return { protocol, hostname }
}
