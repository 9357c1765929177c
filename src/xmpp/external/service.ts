/** Connects the engine to an external XMPP server, such as Prosody or ejabberd. */
import { pino } from 'pino'
import type { Accounts, HasAccounts } from '../../accounts/api.ts'
import { containedAccounts } from '../../accounts/contained.ts'
import { systemClock } from '../../clock/system-clock.ts'
import { checkSide } from '../../engine/adapters.ts'
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

/** Options of the connection to an external XMPP server. */
export interface ExternalServiceOptions extends CommonServiceOptions {
  /** The server: `xmpp://host:5222` (STARTTLS if the server offers it), `xmpps://…`, `ws://…` or `wss://…`. */
  readonly service: string
  /**
   * Name of the engine's account; `finesse` when left out. The account publishes, owns the nodes and is the beacon,
   * that is, the presence that clients wait for. Clients of Finesse expect a beacon named `finesse`.
   */
  readonly user?: string | undefined
  readonly password: string
  /** XMPP domain of the server; the host name in `service` when left out. */
  readonly domain?: string | undefined
  /** `pubsub.<domain>` when left out. */
  readonly pubsubDomain?: string | undefined
  /** Their administrators may subscribe to every node. The engine's own accounts when left out. */
  readonly accounts?: Accounts | undefined
  /**
   * The first attempt to connect waits for this promise, and the start does not wait for the attempt. Needed for a
   * server that checks the engine's password at a port of this process which is not yet open.
   */
  readonly after?: Promise<void> | undefined
  /** Real time when left out. */
  readonly clock?: Clock | undefined
}

/** Resource of the engine's session. It is always the same, so a session of an earlier process is replaced. */
const RESOURCE = 'mrdian'

/**
 * Stricter limits than for the embedded service. An external server may fail without closing its connections, and
 * agents cannot work until the engine has reconnected.
 */
const LIMITS: GatewayLimits = {
  ...defaultGatewayLimits,
  requestTimeoutMs: 20_000,
  pingEveryMs: 10_000,
  longestRetryMs: 5000,
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Connects the engine to an external XMPP server: creates the nodes and subscriptions of the directory there,
 * publishes, and receives the presence of the agents through the shared roster of the server (README.md in this
 * folder).
 *
 * Resolves when the first attempt to connect has succeeded or failed. While the server cannot be reached the side is
 * out of service, SystemInfo says why, and the attempts continue. Rejects with `InvalidArgument` for an invalid
 * address, and for a side that the engine does not have.
 */
export async function externalService(
  engine: GatewayEngine &
    Pick<Engine, 'on' | 'adapters'> &
    HasAccounts & { readonly get: Pick<Engine['get'], 'queue'> },
  options: ExternalServiceOptions,
): Promise<RunningNotificationService> {
  const { service, user = GATEWAY_ACCOUNT, password, side = 'A', clock = systemClock(), gatewayLimits } = options
  checkSide(engine.adapters, side)
  const logger = options.logger ?? pino({ level: 'silent' })
  const { protocol, hostname } = addressOf(service)
  const domain = options.domain ?? hostname
  const pubsubDomain = options.pubsubDomain ?? `pubsub.${domain}`
  const directory = () => engine.get.directory()
  const given = options.accounts ?? engine.accounts
  const accounts =
    given &&
    containedAccounts(given, (error) => logger.error({ err: error }, 'the accounts could not say which accounts exist'))
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
    render: options.render ?? finesseRendering(domain, pubsubDomain, engine, undefined, accounts?.tokens?.mode),
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
  const stopListening = [
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
      for (const stop of stopListening) stop()
      closing ??= gateway.close()
      return closing
    },
  }
}

/** Scheme and host of the server's address. Throws `InvalidArgument` for an invalid address. */
function addressOf(service: string): { protocol: string; hostname: string } {
  const parsed = URL.canParse(service) ? new URL(service) : undefined
  const { protocol = '', hostname = '' } = parsed ?? {}
  if (!/^(?:xmpps?|wss?):$/.test(protocol) || hostname === '')
    throw new InvalidArgument(`an XMPP server is named as in xmpp://host:5222, not as in ${service}`)
  return { protocol, hostname }
}
